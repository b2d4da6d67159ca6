package io.facepipeline.benchmarks;

import io.facepipeline.Image;
import io.facepipeline.ReadOptions;
import io.facepipeline.opencv.internal.OpenCvImageCodec;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Decoding a photo from memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls the set-up
public class DecodeBenchmark {
  /** The photo's width and height in pixels. */
  @Param({"250x250", "1280x720", "1920x1080", "4000x3000"})
  String photo;

  /** How the photo is encoded. */
  @Param({"jpeg", "png"})
  String format;

  /** The built-in codec, on the JDK's ImageIO, or that of OpenCV. */
  @Param({"jdk", "opencv"})
  String codec;

  private final OpenCvImageCodec openCv = new OpenCvImageCodec();
  private byte[] encoded;

  /** Encodes the photo. */
  @Setup
  public void encode() {
    Image image = Photos.ofSize(photo);
    if (format.equals("png")) {
      encoded = image.toPng();
    } else {
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      image.writeJpeg(stream, 0.9f);
      encoded = stream.toByteArray();
    }
  }

  /** {@return the decoded photo} */
  @Benchmark
  public Image decode() {
    return codec.equals("opencv")
        ? openCv.decode(encoded, ReadOptions.defaults(), photo)
        : Image.read(encoded);
  }
}
