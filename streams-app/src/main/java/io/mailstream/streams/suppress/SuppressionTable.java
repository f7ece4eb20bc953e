package io.mailstream.streams.suppress;

import io.mailstream.schemas.RecipientHash;
import io.mailstream.store.SuppressionState;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.state.KeyValueStore;

/** The list by clear addresses, over a store that may know them by their hashes only. */
public final class SuppressionTable {

  private final KeyValueStore<String, SuppressionState> store;
  private final RecipientHash hash;

  /**
   * A table.
   *
   * @param store the store {@link SuppressionStore#NAME}
   * @param hash what stands for addresses in it
   */
  public SuppressionTable(KeyValueStore<String, SuppressionState> store, RecipientHash hash) {
    this.store = store;
    this.hash = hash;
  }

  /** What is known of a canonical address; null: nothing. */
  public SuppressionState get(String address) {
    if (!hash.isOn()) {
      return store.get(address);
    }
    for (String key : hash.candidates(address)) {
      SuppressionState state = store.get(key);
      if (state != null) {
        return state;
      }
    }
    return null;
  }

  /**
   * Keeps what is known of an address, under what stands for it now.
   *
   * @param state null: forgets it
   * @return the other keys under which something was kept, and is no more
   */
  List<String> put(String address, SuppressionState state) {
    String current = hash.current(address);
    if (state == null) {
      store.delete(current);
    } else {
      store.put(current, state);
    }
    List<String> left = new ArrayList<>();
    if (hash.isOn()) {
      for (String key : hash.candidates(address)) {
        // Deleting what is not there would write the clear address to the change log.
        if (!key.equals(current) && store.get(key) != null) {
          store.delete(key);
          left.add(key);
        }
      }
    }
    return left;
  }
}
