package io.mailstream.embedded.dns;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SetResponse;
import org.xbill.DNS.Type;
import org.xbill.DNS.Zone;

/**
 * An authoritative DNS server on a free port of 127.0.0.1, by UDP and TCP, for tests: zones in the
 * form of zone files, answers that are cut off where they do not fit into a datagram, and names
 * that fail or stay silent. Of names outside its zones it says REFUSED.
 */
public final class AuthoritativeDns implements AutoCloseable {

  private static final int PLAIN_UDP_BYTES = 512;
  private static final int MAX_BYTES = 65_535;
  private static final int BINDING_TRIES = 20;

  /**
   * A question that was asked.
   *
   * @param name the name, without a dot at its end
   * @param type its type, such as MX
   * @param tcp whether it came by TCP
   */
  public record Question(String name, String type, boolean tcp) {}

  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Map<Name, Zone> zones = new ConcurrentHashMap<>();
  private final Set<String> failing = ConcurrentHashMap.newKeySet();
  private final Set<String> silent = ConcurrentHashMap.newKeySet();
  private final List<Question> questions = new CopyOnWriteArrayList<>();

  private AuthoritativeDns(DatagramSocket udp, ServerSocket tcp) {
    this.udp = udp;
    this.tcp = tcp;
  }

  /** Starts one without zones. */
  public static AuthoritativeDns start() throws IOException {
    AuthoritativeDns server = bind();
    Thread.ofVirtual().name("dns-udp").start(server::serveUdp);
    Thread.ofVirtual().name("dns-tcp").start(server::serveTcp);
    return server;
  }

  private static AuthoritativeDns bind() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    for (int tries = 1; ; tries++) {
      ServerSocket tcp = new ServerSocket(0, 50, loopback);
      try {
        return new AuthoritativeDns(
            new DatagramSocket(new InetSocketAddress(loopback, tcp.getLocalPort())), tcp);
      } catch (SocketException e) {
        // Somebody has that port by UDP.
        tcp.close();
        if (tries == BINDING_TRIES) {
          throw e;
        }
      }
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return new InetSocketAddress(udp.getLocalAddress(), udp.getLocalPort());
  }

  /** Where it listens, as host:port. */
  public String hostAndPort() {
    return "127.0.0.1:" + udp.getLocalPort();
  }

  /**
   * Adds a zone, or replaces it.
   *
   * @param origin its name
   * @param records its records in the form of a zone file, below a SOA and an NS that are given
   */
  public AuthoritativeDns zone(String origin, String records) {
    String file =
        """
        $ORIGIN %s.
        $TTL 300
        @ IN SOA ns.%s. hostmaster.%s. 1 3600 600 86400 60
        @ IN NS ns.%s.
        ns.%s. IN A 127.0.0.1
        %s
        """
            .formatted(origin, origin, origin, origin, origin, records);
    try {
      Name name = Name.fromString(origin, Name.root);
      zones.put(
          name, new Zone(name, new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8))));
    } catch (IOException e) {
      throw new IllegalArgumentException("no zone file: " + e.getMessage(), e);
    }
    return this;
  }

  /** From now on a name is answered with SERVFAIL. */
  public AuthoritativeDns fail(String name) {
    failing.add(name);
    return this;
  }

  /** From now on a name gets no answer at all. */
  public AuthoritativeDns silence(String name) {
    silent.add(name);
    return this;
  }

  /** From now on a name is answered as its zone says. */
  public AuthoritativeDns heal(String name) {
    failing.remove(name);
    silent.remove(name);
    return this;
  }

  /** What was asked by now, in the order in which it came. */
  public List<Question> questions() {
    return List.copyOf(questions);
  }

  /** How often a name and type were asked. */
  public long asked(String name, String type) {
    return questions.stream()
        .filter(question -> question.name().equals(name) && question.type().equals(type))
        .count();
  }

  private void serveUdp() {
    byte[] buffer = new byte[MAX_BYTES];
    while (!udp.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        Message query = new Message(Arrays.copyOf(buffer, packet.getLength()));
        Message answer = answer(query, false);
        if (answer != null) {
          OPTRecord options = query.getOPT();
          byte[] wire =
              answer.toWire(
                  options == null
                      ? PLAIN_UDP_BYTES
                      : Math.max(PLAIN_UDP_BYTES, options.getPayloadSize()));
          udp.send(new DatagramPacket(wire, wire.length, packet.getSocketAddress()));
        }
      } catch (SocketException e) {
        return;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try {
        Socket connection = tcp.accept();
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      DataInputStream in = new DataInputStream(connection.getInputStream());
      DataOutputStream out = new DataOutputStream(connection.getOutputStream());
      while (true) {
        byte[] query = new byte[in.readUnsignedShort()];
        in.readFully(query);
        Message answer = answer(new Message(query), true);
        if (answer != null) {
          byte[] wire = answer.toWire(MAX_BYTES);
          out.writeShort(wire.length);
          out.write(wire);
          out.flush();
        }
      }
    } catch (IOException e) {
      // The client has hung up.
    }
  }

  private Message answer(Message query, boolean byTcp) {
    Record question = query.getQuestion();
    String name = question.getName().toString(true);
    questions.add(new Question(name, Type.string(question.getType()), byTcp));
    if (silent.contains(name)) {
      return null;
    }
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.AA);
    answer.addRecord(question, Section.QUESTION);
    Zone zone = zone(question.getName());
    if (failing.contains(name)) {
      answer.getHeader().setRcode(Rcode.SERVFAIL);
    } else if (zone == null) {
      answer.getHeader().setRcode(Rcode.REFUSED);
    } else {
      fill(answer, zone, question.getName(), question.getType());
    }
    return answer;
  }

  /** The zone of a name: the longest that it is below. */
  private Zone zone(Name name) {
    Zone best = null;
    for (Map.Entry<Name, Zone> entry : zones.entrySet()) {
      if (name.subdomain(entry.getKey())
          && (best == null || entry.getKey().labels() > best.getOrigin().labels())) {
        best = entry.getValue();
      }
    }
    return best;
  }

  private static void fill(Message answer, Zone zone, Name name, int type) {
    SetResponse found = zone.findRecords(name, type);
    if (found.isSuccessful()) {
      for (RRset set : found.answers()) {
        set.rrs().forEach(record -> answer.addRecord(record, Section.ANSWER));
      }
    } else if (found.isCNAME()) {
      answer.addRecord(found.getCNAME(), Section.ANSWER);
    } else {
      if (found.isNXDOMAIN()) {
        answer.getHeader().setRcode(Rcode.NXDOMAIN);
      }
      answer.addRecord(zone.getSOA(), Section.AUTHORITY);
    }
  }

  @Override
  public void close() {
    udp.close();
    try {
      tcp.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
