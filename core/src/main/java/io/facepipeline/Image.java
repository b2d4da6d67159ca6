package io.facepipeline;

import static com.google.common.base.Preconditions.checkArgument;

import io.facepipeline.align.MarginCrop;
import io.facepipeline.image.EncodedBytes;
import io.facepipeline.image.ExifOrientation;
import io.facepipeline.image.ImageCodecs;
import io.facepipeline.image.ImageWriting;
import io.facepipeline.image.RgbConversion;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * A picture: 8-bit RGB on the Java heap, rows from top to bottom, pixels from left to right, three
 * bytes per pixel. Immutable and thread-safe; it needs no closing.
 *
 * <p>Reading turns a picture upright by its Exif orientation (JPEG, PNG, TIFF), drops alpha without
 * blending, keeps the high byte of 16-bit samples, takes the first frame of an animation, and does
 * not apply embedded color profiles: RGB samples stay as they are. The tools that trained the
 * models do the same. A truncated picture is refused.
 */
public final class Image implements ImageSource {
  /** The largest number of pixels: one Java array holds 715,827,879. */
  public static final int MAX_PIXELS = (Integer.MAX_VALUE - 8) / 3;

  private final int width;
  private final int height;
  private final byte[] rgb;

  private Image(int width, int height, byte[] rgb) {
    this.width = width;
    this.height = height;
    this.rgb = rgb;
  }

  /**
   * Reads a picture file with the default limits.
   *
   * @param file the picture's file
   * @return the picture
   * @throws ImageException if it cannot be read
   */
  public static Image read(Path file) {
    return read(file, ReadOptions.defaults());
  }

  /**
   * Reads a picture file.
   *
   * @param file the picture's file
   * @param options the limits
   * @return the picture
   * @throws ImageException if it cannot be read
   */
  public static Image read(Path file, ReadOptions options) {
    return ImageCodecs.decode(EncodedBytes.of(file, options), options, file.toString());
  }

  /**
   * Reads a picture from a stream up to the stream's end, with the default limits. Doesn't close
   * the stream.
   *
   * @param stream holds an encoded picture and nothing else
   * @return the picture
   * @throws ImageException if it cannot be read
   */
  public static Image read(InputStream stream) {
    return read(stream, ReadOptions.defaults());
  }

  /**
   * Reads a picture from a stream up to the stream's end. Doesn't close the stream.
   *
   * @param stream holds an encoded picture and nothing else
   * @param options the limits
   * @return the picture
   * @throws ImageException if it cannot be read
   */
  public static Image read(InputStream stream, ReadOptions options) {
    byte[] encoded = EncodedBytes.of(stream, options, "stream");
    return ImageCodecs.decode(encoded, options, "stream (" + encoded.length + " bytes)");
  }

  /**
   * Decodes a picture with the default limits.
   *
   * @param encoded a picture file's bytes
   * @return the picture
   * @throws ImageException if it cannot be read
   */
  public static Image read(byte[] encoded) {
    return read(encoded, ReadOptions.defaults());
  }

  /**
   * Decodes a picture.
   *
   * @param encoded a picture file's bytes
   * @param options the limits
   * @return the picture
   * @throws ImageException if it cannot be read
   */
  public static Image read(byte[] encoded, ReadOptions options) {
    return ImageCodecs.decode(encoded, options, "bytes (" + encoded.length + ")");
  }

  /**
   * Copies a picture of the JDK. Gray and RGB samples stay as they are, whatever their color space;
   * alpha is dropped without blending (premultiplied colors are divided by it first); 16-bit
   * samples lose their low byte.
   *
   * @param picture of any type
   * @return the copy
   * @throws IllegalArgumentException if the picture has more than {@link #MAX_PIXELS} pixels
   */
  public static Image of(BufferedImage picture) {
    int width = picture.getWidth();
    int height = picture.getHeight();
    checkSize(width, height);
    return new Image(
        width, height, RgbConversion.rgb(picture.getRaster(), picture.getColorModel()));
  }

  /**
   * Copies pixels in the order red, green, blue.
   *
   * @param width in pixels, at least 1
   * @param height in pixels, at least 1
   * @param pixels {@code width * height * 3} bytes, rows from the top
   * @return the image
   * @throws IllegalArgumentException if the sizes do not match
   */
  public static Image ofRgb(int width, int height, byte[] pixels) {
    return unsafeOfRgb(width, height, pixels.clone());
  }

  /**
   * Makes an image of an array without copying it, for codecs and the inner loops of stages. The
   * array must not be changed afterwards: other threads read it, and the image's hash code depends
   * on it.
   *
   * @param width in pixels, at least 1
   * @param height in pixels, at least 1
   * @param pixels {@code width * height * 3} bytes, red, green, blue, rows from the top; owned by
   *     the image from now on
   * @return the image
   * @throws IllegalArgumentException if the sizes do not match
   */
  public static Image unsafeOfRgb(int width, int height, byte[] pixels) {
    checkPixels(width, height, 3, pixels.length);
    return new Image(width, height, pixels);
  }

  /**
   * Copies pixels in the order blue, green, red, as OpenCV keeps them.
   *
   * @param width in pixels, at least 1
   * @param height in pixels, at least 1
   * @param pixels {@code width * height * 3} bytes, rows from the top
   * @return the image
   * @throws IllegalArgumentException if the sizes do not match
   */
  public static Image ofBgr(int width, int height, byte[] pixels) {
    checkPixels(width, height, 3, pixels.length);
    return new Image(width, height, RgbConversion.swapped(pixels, new byte[pixels.length]));
  }

  /**
   * Copies gray pixels; red, green and blue all get the gray value.
   *
   * @param width in pixels, at least 1
   * @param height in pixels, at least 1
   * @param pixels {@code width * height} bytes, 0 black to 255 white, rows from the top
   * @return the image
   * @throws IllegalArgumentException if the sizes do not match
   */
  public static Image ofGrey(int width, int height, byte[] pixels) {
    checkPixels(width, height, 1, pixels.length);
    return new Image(width, height, RgbConversion.spread(pixels));
  }

  private static void checkSize(int width, int height) {
    checkArgument(
        width >= 1 && height >= 1 && (long) width * height <= MAX_PIXELS,
        "size is %sx%s; give at least 1x1 and at most %s pixels",
        width,
        height,
        MAX_PIXELS);
  }

  private static void checkPixels(int width, int height, int bytesPerPixel, int length) {
    checkSize(width, height);
    long needed = (long) width * height * bytesPerPixel;
    checkArgument(
        length == needed, "%sx%s pixels take %s bytes, not %s", width, height, needed, length);
  }

  /** {@return the width in pixels, at least 1} */
  public int width() {
    return width;
  }

  /** {@return the height in pixels, at least 1} */
  public int height() {
    return height;
  }

  /**
   * {@return a pixel's red, green and blue as {@code 0xRRGGBB}}
   *
   * @param x column, 0 at the left
   * @param y row, 0 at the top
   * @throws IndexOutOfBoundsException if the pixel lies outside
   */
  public int rgbAt(int x, int y) {
    int at = 3 * (Objects.checkIndex(y, height) * width + Objects.checkIndex(x, width));
    return (rgb[at] & 0xFF) << 16 | (rgb[at + 1] & 0xFF) << 8 | (rgb[at + 2] & 0xFF);
  }

  /** {@return a copy of the pixels: red, green, blue, rows from the top} */
  public byte[] toRgb() {
    return rgb.clone();
  }

  /** {@return a new read-only view of the pixels: red, green, blue, rows from the top} */
  public ByteBuffer rgb() {
    return ByteBuffer.wrap(rgb).asReadOnlyBuffer();
  }

  /**
   * Copies one row.
   *
   * @param y row, 0 at the top
   * @param destination receives {@code 3 * width} bytes: red, green, blue
   * @param offset where in the destination the row starts
   * @throws IndexOutOfBoundsException if the row or the destination's part lies outside
   */
  public void copyRow(int y, byte[] destination, int offset) {
    int bytes = 3 * width;
    Objects.checkFromIndexSize(offset, bytes, destination.length);
    System.arraycopy(rgb, Objects.checkIndex(y, height) * bytes, destination, offset, bytes);
  }

  /**
   * Returns the image's own array, for the inner loops of stages, where a copy or a buffer's checks
   * cost too much. It must not be changed: other threads read it, and the image's hash code depends
   * on it.
   *
   * @return {@code width * height * 3} bytes, not copied: red, green, blue, rows from the top
   */
  public byte[] unsafeRgb() {
    return rgb;
  }

  /**
   * {@return a part, copied}
   *
   * @param x the part's left column
   * @param y the part's top row
   * @param width the part's width in pixels, at least 1
   * @param height the part's height in pixels, at least 1
   * @throws IllegalArgumentException if the part is empty or is not inside the image
   */
  public Image crop(int x, int y, int width, int height) {
    checkArgument(
        x >= 0
            && y >= 0
            && width >= 1
            && height >= 1
            && width <= this.width - x
            && height <= this.height - y,
        "part %sx%s at %s,%s is not inside the %s; clip it to the image first",
        width,
        height,
        x,
        y,
        this);
    byte[] part = new byte[width * height * 3];
    for (int row = 0; row < height; row++) {
      System.arraycopy(rgb, 3 * ((y + row) * this.width + x), part, 3 * row * width, 3 * width);
    }
    return new Image(width, height, part);
  }

  /**
   * {@return this image in another size, with a triangle filter that widens when shrinking, in the
   * arithmetic of Pillow's BILINEAR}
   *
   * @param width the new width in pixels
   * @param height the new height in pixels
   * @throws IllegalArgumentException if a size is not positive, or there are too many pixels
   */
  public Image resized(int width, int height) {
    checkSize(width, height);
    byte[] rgb = new byte[3 * width * height];
    MarginCrop.cut(
        this, new Box(0, 0, this.width, this.height), 0, width, height, ByteBuffer.wrap(rgb));
    return unsafeOfRgb(width, height, rgb);
  }

  /** {@return the mirror image, left and right swapped} */
  public Image mirrored() {
    return ExifOrientation.apply(rgb, width, height, 2);
  }

  /** {@return a copy as a picture of the JDK, of {@link BufferedImage#TYPE_3BYTE_BGR}} */
  public BufferedImage toBufferedImage() {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    RgbConversion.swapped(rgb, ((DataBufferByte) picture.getRaster().getDataBuffer()).getData());
    return picture;
  }

  /** {@return the bytes of a PNG file, lossless} */
  public byte[] toPng() {
    return ImageWriting.png(this);
  }

  /**
   * Writes a PNG file, lossless. The write is atomic; an existing file is replaced.
   *
   * @param file the file to write
   * @throws ImageException if writing fails
   */
  public void writePng(Path file) {
    ImageWriting.write(file, ImageWriting.png(this));
  }

  /**
   * Writes as PNG, lossless. Does not close the stream.
   *
   * @param stream the stream to write to
   * @throws ImageException if writing fails
   */
  public void writePng(OutputStream stream) {
    ImageWriting.write(stream, ImageWriting.png(this));
  }

  /**
   * Writes a JPEG file. The write is atomic; an existing file is replaced.
   *
   * @param file the file to write
   * @param quality 0 (smallest) to 1 (best)
   * @throws ImageException if writing fails
   * @throws IllegalArgumentException if the quality is out of range, or a side is longer than the
   *     65535 pixels that JPEG allows
   */
  public void writeJpeg(Path file, float quality) {
    ImageWriting.write(file, ImageWriting.jpeg(this, quality));
  }

  /**
   * Writes as JPEG. Does not close the stream.
   *
   * @param stream the stream to write to
   * @param quality 0 (smallest) to 1 (best)
   * @throws ImageException if writing fails
   * @throws IllegalArgumentException if the quality is out of range, or a side is longer than the
   *     65535 pixels that JPEG allows
   */
  public void writeJpeg(OutputStream stream, float quality) {
    ImageWriting.write(stream, ImageWriting.jpeg(this, quality));
  }

  /** Returns this image. */
  @Override
  public Image load() {
    return this;
  }

  /** Returns a description such as "1200x630 image". */
  @Override
  public String name() {
    return width + "x" + height + " image";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Image image
        && image.width == width
        && image.height == height
        && Arrays.equals(image.rgb, rgb);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(rgb);
  }

  @Override
  public String toString() {
    return name();
  }
}
