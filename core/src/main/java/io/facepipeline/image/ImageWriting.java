package io.facepipeline.image;

import static com.google.common.base.Preconditions.checkArgument;

import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ImageException.Reason;
import io.facepipeline.internal.WholeFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;

/** Encodes images, and writes bytes so that a file is there whole or not at all. */
public final class ImageWriting {
  private static final int MAX_JPEG_SIDE = 65535;

  private ImageWriting() {}

  public static byte[] png(Image image) {
    return encode(image, "png", null);
  }

  public static byte[] jpeg(Image image, float quality) {
    checkArgument(quality >= 0 && quality <= 1, "quality is %s; give 0 to 1", quality);
    checkArgument(
        image.width() <= MAX_JPEG_SIDE && image.height() <= MAX_JPEG_SIDE,
        "%s has a side over %s pixels, more than jpeg allows; write png",
        image,
        MAX_JPEG_SIDE);
    return encode(image, "jpeg", quality);
  }

  private static byte[] encode(Image image, String format, @Nullable Float quality) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // A stream of our own: the one that ImageIO makes would go through a file by default.
    try (MemoryCacheImageOutputStream output = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(output);
      ImageWriteParam param = writer.getDefaultWriteParam();
      if (quality != null) {
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        param.setCompressionQuality(quality);
      }
      writer.write(null, new IIOImage(image.toBufferedImage(), null, null), param);
    } catch (IOException e) {
      throw new ImageException(image.name(), Reason.IO, "cannot be encoded as " + format, e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  public static void write(OutputStream stream, byte[] bytes) {
    try {
      stream.write(bytes);
      stream.flush();
    } catch (IOException e) {
      throw new ImageException("stream", Reason.IO, "cannot be written: " + e, e);
    }
  }

  public static void write(Path file, byte[] bytes) {
    Path folder = file.toAbsolutePath().getParent();
    try {
      if (folder != null && !Files.isDirectory(folder)) {
        throw new NoSuchFileException(folder.toString(), null, "there is no such folder");
      }
      WholeFile.write(file, WholeFile.Access.UMASK, bytes);
    } catch (IOException e) {
      throw new ImageException(file.toString(), Reason.IO, "cannot be written: " + e, e);
    }
  }
}
