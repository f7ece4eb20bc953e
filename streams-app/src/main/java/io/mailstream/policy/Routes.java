package io.mailstream.policy;

import io.mailstream.v1.Lane;
import java.util.List;
import java.util.Set;

/**
 * The accounts that mail may go through, in the order of the policies.
 *
 * @param ways at least one
 */
public record Routes(List<Way> ways) {

  /**
   * One account that mail may go through.
   *
   * @param account its name
   * @param weight its share of the mail beside the other weights; 0: only while no account with a
   *     weight takes mail
   * @param lanes the lanes that may use it; at least one
   */
  public record Way(String account, double weight, Set<Lane> lanes) {}

  /** All mail through one account. */
  public static Routes only(String account) {
    return new Routes(List.of(new Way(account, 1, Set.of(Lane.values()))));
  }

  /** Whether any mail may go through an account. */
  public boolean leadTo(String account) {
    return ways.stream().anyMatch(way -> way.account().equals(account));
  }
}
