package io.mailstream.schemas.serde;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Confluent's own serializers under their own names. Maven Central has them only as relocated
 * copies, which work on a relocated copy of Avro; this loader takes the relocation back, so that
 * they meet our generated classes as they would in an application.
 */
final class ConfluentClasses extends ClassLoader {

  static final String SERIALIZER = "io.confluent.kafka.serializers.KafkaAvroSerializer";
  static final String DESERIALIZER = "io.confluent.kafka.serializers.KafkaAvroDeserializer";

  private static final String RELOCATED = "org/apache/pulsar/kafka/shade/";

  ConfluentClasses() {
    super(ConfluentClasses.class.getClassLoader());
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    String resource = RELOCATED + name.replace('.', '/') + ".class";
    try (InputStream in = getParent().getResourceAsStream(resource)) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = restored(new DataInputStream(new ByteArrayInputStream(in.readAllBytes())));
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  /** Names are held as text in the constant pool (JVMS 4.4); the rest refers to them by number. */
  private static byte[] restored(DataInputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(in.readNBytes(8));
    int count = in.readUnsignedShort();
    out.writeShort(count);
    for (int i = 1; i < count; i++) {
      int tag = in.readUnsignedByte();
      out.write(tag);
      switch (tag) {
        case 1 -> out.writeUTF(restored(in.readUTF()));
        case 3, 4, 9, 10, 11, 12, 17, 18 -> out.write(in.readNBytes(4));
        case 5, 6 -> {
          out.write(in.readNBytes(8));
          i++;
        }
        case 7, 8, 16, 19, 20 -> out.write(in.readNBytes(2));
        case 15 -> out.write(in.readNBytes(3));
        default -> throw new IOException("constant of kind " + tag);
      }
    }
    in.transferTo(out);
    return bytes.toByteArray();
  }

  private static String restored(String text) {
    return text.replace(RELOCATED + "avro/", "org/apache/avro/")
        .replace("org.apache.pulsar.kafka.shade.avro.", "org.apache.avro.")
        .replace(RELOCATED + "io/confluent/", "io/confluent/")
        .replace("org.apache.pulsar.kafka.shade.io.confluent.", "io.confluent.");
  }
}
