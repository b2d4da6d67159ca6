package io.facepipeline.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * How to reach the file systems of the photos, on the way from the driver to the executors. Reading
 * them takes some milliseconds, since Hadoop compresses each value by itself; so the tasks of a JVM
 * share what one of them has read.
 */
final class HadoopSettings implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  /** Those that were read last in this JVM; a job's tasks have all the same. */
  private static @Nullable HadoopSettings last;

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
    Configuration known = configuration;
    if (known == null) {
      known = shared(this);
      configuration = known;
    }
    return known;
  }

  private static synchronized Configuration shared(HadoopSettings wanted) {
    HadoopSettings before = last;
    Configuration read = before == null ? null : before.configuration;
    if (before == null || read == null || !Arrays.equals(before.written, wanted.written)) {
      read = wanted.read();
      wanted.configuration = read;
      last = wanted;
    }
    return read;
  }

  private Configuration read() {
    Configuration read = new Configuration(false);
    try (var in = new DataInputStream(new ByteArrayInputStream(written))) {
      read.readFields(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read Hadoop's settings", e);
    }
    return read;
  }
}
