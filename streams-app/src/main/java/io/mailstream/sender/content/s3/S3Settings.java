package io.mailstream.sender.content.s3;

import java.net.URI;
import java.util.Optional;

/**
 * Where S3 is and who asks.
 *
 * @param region the AWS region of the buckets
 * @param endpoint where S3 is, with buckets in the path; empty: AWS's own
 * @param keys keys of S3; empty: AWS's default chain
 */
public record S3Settings(String region, Optional<URI> endpoint, Optional<Keys> keys) {

  /** Keys of S3. The secret is never part of a text. */
  public record Keys(String accessKeyId, String secretAccessKey) {
    @Override
    public String toString() {
      return "Keys[hidden]";
    }
  }
}
