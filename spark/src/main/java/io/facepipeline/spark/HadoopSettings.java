package io.facepipeline.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** How to reach the file systems of the photos, on the way from the driver to the executors. */
final class HadoopSettings implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  private final byte[] written;
  private transient volatile @Nullable Configuration configuration;

  HadoopSettings(Configuration configuration) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      configuration.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write Hadoop's settings", e);
    }
    written = bytes.toByteArray();
  }

  Configuration configuration() {
    Configuration read = configuration;
    if (read == null) {
      read = new Configuration(false);
      try (var in = new DataInputStream(new ByteArrayInputStream(written))) {
        read.readFields(in);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read Hadoop's settings", e);
      }
      configuration = read;
    }
    return read;
  }
}
