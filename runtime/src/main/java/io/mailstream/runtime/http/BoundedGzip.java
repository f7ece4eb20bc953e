package io.mailstream.runtime.http;

import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.http.encoding.ContentDecoder;
import io.helidon.http.encoding.ContentEncoder;
import io.helidon.http.encoding.ContentEncoding;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Unpacks bodies of {@code Content-Encoding: gzip} (RFC 9110), up to a size: what would grow beyond
 * it is answered with 413 before it is there, and what is no gzip with 400.
 *
 * @param maxBytes the largest body when unpacked
 */
public record BoundedGzip(long maxBytes) implements ContentEncoding {

  private static final int BUFFER = 8 * 1024;

  @Override
  public Set<String> ids() {
    return Set.of(name(), "x-gzip");
  }

  @Override
  public boolean supportsDecoding() {
    return true;
  }

  @Override
  public boolean supportsEncoding() {
    return false;
  }

  @Override
  public ContentDecoder decoder() {
    return packed -> new Unpacked(packed, maxBytes);
  }

  @Override
  public ContentEncoder encoder() {
    return ContentEncoder.NO_OP;
  }

  @Override
  public String name() {
    return "gzip";
  }

  @Override
  public String type() {
    return name();
  }

  /** Reads nothing before it is read: the caller may still have to be told to send the body. */
  private static final class Unpacked extends InputStream {
    private final InputStream packed;
    private final long max;
    private long count;
    private InputStream plain;

    Unpacked(InputStream packed, long max) {
      this.packed = packed;
      this.max = max;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read;
      try {
        if (plain == null) {
          plain = new GZIPInputStream(packed, BUFFER);
        }
        read = plain.read(bytes, offset, length);
      } catch (ZipException | EOFException e) {
        throw new HttpException(
            "the body is not what its Content-Encoding says: send gzip, or leave the header out",
            Status.BAD_REQUEST_400,
            e);
      }
      count += Math.max(0, read);
      if (count > max) {
        throw new HttpException(
            "the unpacked body is larger than %d bytes".formatted(max),
            Status.REQUEST_ENTITY_TOO_LARGE_413);
      }
      return read;
    }

    @Override
    public void close() throws IOException {
      packed.close();
      if (plain != null) {
        plain.close();
      }
    }
  }
}
