package io.facepipeline.benchmarks;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.Landmarks;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Photos of several sizes, all made of the sample album, so that anybody measures the same. */
final class Photos {
  /** The people of the album. */
  static final List<String> PEOPLE =
      List.of("ada", "bao", "chidi", "dalia", "emil", "fatima", "goro", "hana");

  /** A face of {@link #group()}, as the album's truth places it. */
  static final Face FACE =
      new Face(
          new Box(118.7f, 248, 237, 387),
          Landmarks.of(145.3f, 295.5f, 195, 282.2f, 177.8f, 317.3f, 165, 351.8f, 206.1f, 340.7f),
          /* score= */ 1);

  private Photos() {}

  /** A group photo of 1280x720 with four faces. */
  static Image group() {
    return read("groups/group_1.jpg");
  }

  /** A portrait of a person, counted from 1 to 4. */
  static Image portrait(String person, int number) {
    return read("people/" + person + "/" + person + "_" + number + ".jpg");
  }

  /** A photo of one of the sizes that the benchmarks name, or from a file. */
  static Image ofSize(String size) {
    return switch (size) {
      case "250x250" -> group().crop(53, 192, 250, 250);
      case "1280x720" -> group();
      case "960x540" -> scaled(group(), 960, 540);
      case "1920x1080" -> scaled(group(), 1920, 1080);
      case "4000x3000" -> tiled(group(), 4000, 3000);
      default -> Image.read(Path.of(size));
    };
  }

  private static Image scaled(Image photo, int width, int height) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    g.drawImage(photo.toBufferedImage(), 0, 0, width, height, null);
    g.dispose();
    return Image.of(picture);
  }

  private static Image tiled(Image photo, int width, int height) {
    BufferedImage tile = photo.toBufferedImage();
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D g = picture.createGraphics();
    for (int y = 0; y < height; y += photo.height()) {
      for (int x = 0; x < width; x += photo.width()) {
        g.drawImage(tile, x, y, null);
      }
    }
    g.dispose();
    return Image.of(picture);
  }

  /** So many encoded photos of the album, portraits and groups of different sizes, in turn. */
  static List<ImageSource> encoded(int count) {
    List<ImageSource> photos = new ArrayList<>();
    for (int i = 0; photos.size() < count; i++) {
      String person = PEOPLE.get(i % PEOPLE.size());
      photos.add(source("people/" + person + "/" + person + "_" + (1 + i / 8 % 4) + ".jpg"));
      if (i % 5 == 4) {
        photos.add(source("groups/group_" + (1 + i / 5 % 5) + ".jpg"));
      }
    }
    return photos.subList(0, count);
  }

  private static ImageSource source(String file) {
    byte[] encoded = bytes(file);
    return new ImageSource() {
      @Override
      public String name() {
        return file;
      }

      @Override
      public Image load() {
        return Image.read(encoded);
      }
    };
  }

  private static Image read(String file) {
    return Image.read(bytes(file));
  }

  private static byte[] bytes(String file) {
    try (InputStream stream = Photos.class.getResourceAsStream("/album/" + file)) {
      if (stream == null) {
        throw new FacePipelineException("the sample album lacks " + file + "; build the jar again");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new FacePipelineException("the sample album's " + file + " cannot be read", e);
    }
  }
}
