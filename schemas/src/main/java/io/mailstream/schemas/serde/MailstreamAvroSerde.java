package io.mailstream.schemas.serde;

import io.mailstream.schemas.AvroTrust;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;

/**
 * Generated records of one type, or of any: what comes back is checked to be of it. Which classes
 * do the work is configuration ({@link AvroSerdeConfig#SERIALIZER_CLASS}, {@link
 * AvroSerdeConfig#DESERIALIZER_CLASS}); whichever they are, an outage of the registry is a {@link
 * RegistryUnavailableException} and a bad record a {@link SerializationException}.
 *
 * @param <T> the type; {@link SpecificRecord} for any
 */
public final class MailstreamAvroSerde<T extends SpecificRecord> implements Serde<T> {

  static {
    // Classes that are not ours do not know that Avro must be told.
    AvroTrust.install();
  }

  private final Class<?> type;
  private final Outer outer = new Outer();
  private final Inner inner = new Inner();

  /** Any generated record. */
  public MailstreamAvroSerde() {
    this.type = SpecificRecord.class;
  }

  /** Records of one generated class. */
  public MailstreamAvroSerde(Class<T> type) {
    this.type = type;
  }

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {
    outer.configure(configs, isKey);
    inner.configure(configs, isKey);
  }

  @Override
  public Serializer<T> serializer() {
    return outer;
  }

  @Override
  public Deserializer<T> deserializer() {
    return inner;
  }

  @Override
  public void close() {
    outer.close();
    inner.close();
  }

  /**
   * An outage as such, also where a class that is not ours wraps it in a SerializationException.
   */
  private static RuntimeException translated(RuntimeException failure) {
    if (failure instanceof RegistryUnavailableException) {
      return failure;
    }
    Throwable at = failure;
    for (int depth = 0; at != null && depth < 32; depth++) {
      if (at instanceof SocketException
          || at instanceof SocketTimeoutException
          || at instanceof UnknownHostException) {
        return new RegistryUnavailableException("schema registry does not answer: " + at, failure);
      }
      at = at.getCause();
    }
    return failure;
  }

  /** To bytes. */
  private final class Outer implements Serializer<T> {

    private Serializer<Object> delegate = new MailstreamAvroSerializer();

    @Override
    @SuppressWarnings("unchecked")
    public void configure(Map<String, ?> configs, boolean isKey) {
      Class<?> choice = new AvroSerdeConfig(configs).getClass(AvroSerdeConfig.SERIALIZER_CLASS);
      if (choice != MailstreamAvroSerializer.class) {
        delegate = (Serializer<Object>) Utils.newInstance(choice, Serializer.class);
      }
      delegate.configure(configs, isKey);
    }

    @Override
    public byte[] serialize(String topic, T data) {
      return serialize(topic, null, data);
    }

    @Override
    public byte[] serialize(String topic, Headers headers, T data) {
      try {
        return headers == null
            ? delegate.serialize(topic, data)
            : delegate.serialize(topic, headers, data);
      } catch (RuntimeException e) {
        throw translated(e);
      }
    }

    @Override
    public void close() {
      delegate.close();
    }
  }

  /** From bytes. */
  private final class Inner implements Deserializer<T> {

    private Deserializer<Object> delegate = new MailstreamAvroDeserializer();

    @Override
    @SuppressWarnings("unchecked")
    public void configure(Map<String, ?> configs, boolean isKey) {
      Map<String, Object> settings = new HashMap<>(configs);
      Class<?> choice = new AvroSerdeConfig(configs).getClass(AvroSerdeConfig.DESERIALIZER_CLASS);
      if (choice != MailstreamAvroDeserializer.class) {
        delegate = (Deserializer<Object>) Utils.newInstance(choice, Deserializer.class);
        settings.putIfAbsent(AvroSerdeConfig.SPECIFIC_READER, true);
      } else if (type != SpecificRecord.class) {
        settings.putIfAbsent(AvroSerdeConfig.SPECIFIC_TYPE, type);
      }
      delegate.configure(settings, isKey);
    }

    @Override
    public T deserialize(String topic, byte[] data) {
      return deserialize(topic, null, data);
    }

    @Override
    public T deserialize(String topic, Headers headers, byte[] data) {
      try {
        return checked(topic, delegate.deserialize(topic, headers, data));
      } catch (RuntimeException e) {
        throw translated(e);
      }
    }

    @Override
    public T deserialize(String topic, Headers headers, ByteBuffer data) {
      try {
        return checked(topic, delegate.deserialize(topic, headers, data));
      } catch (RuntimeException e) {
        throw translated(e);
      }
    }

    @Override
    public void close() {
      delegate.close();
    }

    @SuppressWarnings("unchecked")
    private T checked(String topic, Object record) {
      if (record != null && !type.isInstance(record)) {
        throw new SerializationException(
            "topic %s: holds a record of %s where %s is expected"
                .formatted(topic, name(record), type.getName()));
      }
      return (T) record;
    }

    private static String name(Object record) {
      return record instanceof org.apache.avro.generic.GenericContainer container
          ? container.getSchema().getFullName()
          : record.getClass().getName();
    }
  }
}
