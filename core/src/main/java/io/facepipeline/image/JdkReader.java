package io.facepipeline.image;

import io.facepipeline.FacePipelineException;
import io.facepipeline.ReadOptions;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** One of the JDK's readers, open on one file. To be closed. */
public final class JdkReader implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(JdkReader.class.getName());

  private final ImageReader reader;
  private final ImageInputStream stream;
  private final boolean lenient;
  private final String name;
  private boolean shortage;

  public JdkReader(ImageFormat format, byte[] encoded, ReadOptions options, String name)
      throws IOException {
    reader = reader(format);
    // A stream of our own: the one that ImageIO makes would go through a file by default.
    stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded));
    lenient = options.lenient();
    this.name = name;
    boolean ready = false;
    try {
      reader.addIIOReadWarningListener((source, warning) -> warned(warning));
      // Ignoring metadata also keeps the readers from unpacking compressed text of any size.
      reader.setInput(stream, true, true);
      options.requireAllowed(width(), height(), name);
      ready = true;
    } finally {
      if (!ready) {
        close();
      }
    }
  }

  /**
   * Returns the JDK's own reader: what other jars registered behaves in ways that nobody tested.
   */
  private static ImageReader reader(ImageFormat format) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.label());
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getModule().equals(ImageIO.class.getModule())) {
        return reader;
      }
      reader.dispose();
    }
    throw new FacePipelineException(
        "this Java runtime has no reader for " + format.label() + "; use one with java.desktop");
  }

  private void warned(String warning) {
    shortage |=
        warning.contains("Truncated File")
            || warning.contains("Premature end of")
            || warning.contains("premature end of data");
    LOG.log(System.Logger.Level.DEBUG, () -> name + ": " + warning);
  }

  public int width() throws IOException {
    return reader.getWidth(0);
  }

  public int height() throws IOException {
    return reader.getHeight(0);
  }

  /** Whether the reader remarked that data are missing, for which it fills in grey. */
  public boolean shortage() {
    return shortage;
  }

  /** Reads the components of the pixels as they are coded. */
  public Raster readRaster() throws IOException {
    return reader.readRaster(0, null);
  }

  /** Reads the picture; if the options are lenient, its readable part. */
  public BufferedImage read() throws IOException {
    return lenient ? readSome() : reader.read(0);
  }

  private BufferedImage readSome() throws IOException {
    BufferedImage picture = reader.getImageTypes(0).next().createBufferedImage(width(), height());
    ImageReadParam param = reader.getDefaultReadParam();
    param.setDestination(picture);
    AtomicBoolean any = new AtomicBoolean();
    reader.addIIOReadProgressListener(new FirstRows(any));
    try {
      return reader.read(0, param);
    } catch (IOException | RuntimeException e) {
      if (!any.get()) {
        throw e;
      }
      LOG.log(System.Logger.Level.DEBUG, () -> name + ": only the readable part was read", e);
      return picture;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      reader.dispose();
    } finally {
      stream.close();
    }
  }

  /** Notes whether anything of the picture was decoded. */
  private record FirstRows(AtomicBoolean any)
      implements javax.imageio.event.IIOReadProgressListener {
    @Override
    public void imageProgress(ImageReader source, float percentageDone) {
      if (percentageDone > 0) {
        any.set(true);
      }
    }

    @Override
    public void sequenceStarted(ImageReader source, int minIndex) {}

    @Override
    public void sequenceComplete(ImageReader source) {}

    @Override
    public void imageStarted(ImageReader source, int imageIndex) {}

    @Override
    public void imageComplete(ImageReader source) {}

    @Override
    public void thumbnailStarted(ImageReader source, int imageIndex, int thumbnailIndex) {}

    @Override
    public void thumbnailProgress(ImageReader source, float percentageDone) {}

    @Override
    public void thumbnailComplete(ImageReader source) {}

    @Override
    public void readAborted(ImageReader source) {}
  }
}
