package io.mailstream.sender.provider.http;

import io.mailstream.sender.provider.common.RequestWritten;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/** A request body that says so before its last byte goes out. */
final class WatchedEntity extends AbstractHttpEntity {

  private final List<byte[]> body;
  private final long length;
  private final RequestWritten written;

  WatchedEntity(String contentType, List<byte[]> body, RequestWritten written) {
    super(contentType, null);
    this.body = body;
    this.length = body.stream().mapToLong(piece -> piece.length).sum();
    this.written = written;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    long left = length;
    for (byte[] piece : body) {
      left -= piece.length;
      if (left == 0 && piece.length > 0) {
        out.write(piece, 0, piece.length - 1);
        written.handOut();
        out.write(piece, piece.length - 1, 1);
        return;
      }
      out.write(piece);
    }
  }

  @Override
  public long getContentLength() {
    return length;
  }

  @Override
  public boolean isRepeatable() {
    return false;
  }

  @Override
  public boolean isStreaming() {
    return true;
  }

  @Override
  public InputStream getContent() {
    throw new UnsupportedOperationException("a watched body is written, not read");
  }

  @Override
  public void close() {
    // holds nothing
  }
}
