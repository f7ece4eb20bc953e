/** Objects in S3, with what the AWS SDK has for signing requests. */
package io.mailstream.sender.content.s3;
