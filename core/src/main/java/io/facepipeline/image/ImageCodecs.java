package io.facepipeline.image;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ImageException.Reason;
import io.facepipeline.ReadOptions;
import io.facepipeline.flight.FlightRecord;
import io.facepipeline.flight.FlightRecord.Kind;
import io.facepipeline.spi.ImageCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** The codecs on the class path, in the order in which they are asked. */
public final class ImageCodecs {
  private static final String OPENCV = "io.facepipeline.opencv.internal.OpenCvImageCodec";

  /** What a JPEG begins with. */
  private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff};

  private static volatile @Nullable List<ImageCodec> loaded;

  private ImageCodecs() {}

  public static Image decode(byte[] encoded, ReadOptions options, String name) {
    FlightRecord record = FlightRecord.begin(Kind.READ).bytes(encoded.length);
    try {
      Image image = decodeUnwatched(encoded, options, name);
      record.size(image.width(), image.height());
      return image;
    } catch (RuntimeException | Error e) {
      record.failed(e);
      throw e;
    } finally {
      record.end();
    }
  }

  private static Image decodeUnwatched(byte[] encoded, ReadOptions options, String name) {
    if (encoded.length == 0) {
      throw new ImageException(name, Reason.EMPTY, "holds no bytes; give a picture file");
    }
    if (encoded.length > options.maxEncodedBytes()) {
      throw new ImageException(
          name,
          Reason.TOO_LARGE,
          encoded.length
              + " encoded bytes exceed the limit of "
              + options.maxEncodedBytes()
              + "; raise ReadOptions.maxEncodedBytes if the picture is trusted");
    }
    byte[] header = Arrays.copyOf(encoded, Math.min(encoded.length, ImageCodec.HEADER_BYTES));
    for (ImageCodec codec : all()) {
      if (codec.canDecode(header.clone())) {
        return decode(codec, encoded, options, name);
      }
    }
    throw PictureFailures.unsupported(name, ImageFormat.of(header).advice(hasOpenCv()));
  }

  private static Image decode(ImageCodec codec, byte[] encoded, ReadOptions options, String name) {
    try {
      return codec.decode(encoded, options, name);
    } catch (OutOfMemoryError e) {
      throw PictureFailures.outOfMemory(name, e);
    }
  }

  /**
   * Loads the codecs and the native libraries for JPEGs, which the first photo would wait for
   * otherwise.
   *
   * @throws FacePipelineException if a codec cannot be loaded; the first photo fails likewise
   */
  public static void prepare() {
    byte[] header = Arrays.copyOf(JPEG, ImageCodec.HEADER_BYTES);
    for (ImageCodec codec : all()) {
      if (codec.canDecode(header.clone())) {
        return;
      }
    }
  }

  /** Whether the OpenCV module is there; where its natives are missing, it takes no file. */
  static boolean hasOpenCv() {
    return all().stream().anyMatch(c -> c.getClass().getName().equals(OPENCV));
  }

  private static List<ImageCodec> all() {
    List<ImageCodec> codecs = loaded;
    if (codecs == null) {
      codecs = load();
      loaded = codecs;
    }
    return codecs;
  }

  private static List<ImageCodec> load() {
    List<ImageCodec> codecs = new ArrayList<>();
    try {
      // The library's own class loader, not the thread's: the list outlives any one caller.
      ServiceLoader.load(ImageCodec.class, ImageCodec.class.getClassLoader()).forEach(codecs::add);
    } catch (ServiceConfigurationError e) {
      throw new FacePipelineException(
          "an image codec on the class path cannot be loaded; fix or remove its jar: "
              + e.getMessage(),
          e);
    }
    codecs.add(ImageCodec.builtIn());
    codecs.sort(Comparator.comparingInt(ImageCodec::priority).reversed());
    return List.copyOf(codecs);
  }
}
