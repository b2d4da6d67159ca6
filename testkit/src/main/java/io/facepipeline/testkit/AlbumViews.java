package io.facepipeline.testkit;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.Box;
import io.facepipeline.Image;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Point2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Portraits of the sample album stretched, turned and enlarged: what half-height cameras, tilted
 * heads and scans make.
 */
final class AlbumViews {
  private AlbumViews() {}

  /** A view of a portrait, and where its nose is. */
  record View(String name, Image image, Point2D nose) {
    boolean isAroundTheNose(Box box) {
      double x = nose.getX();
      double y = nose.getY();
      return box.x1() < x && x < box.x2() && box.y1() < y && y < box.y2();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** The views of each person's first two portraits. */
  static List<View> of(String... people) {
    List<View> views = new ArrayList<>();
    for (String person : people) {
      for (int number = 1; number <= 2; number++) {
        String photo = "people/" + person + "/" + person + "_" + number + ".jpg";
        Image portrait = Image.read(SharedData.album(photo));
        Point2D nose = nose(photo);
        transforms(portrait)
            .forEach((name, t) -> views.add(view(photo + " " + name, portrait, nose, t)));
      }
    }
    return views;
  }

  private static Map<String, AffineTransform> transforms(Image image) {
    double x = image.width() / 2.0;
    double y = image.height() / 2.0;
    Map<String, AffineTransform> all = new LinkedHashMap<>();
    all.put("as it is", new AffineTransform());
    all.put("stretched 2:1", AffineTransform.getScaleInstance(2, 1));
    all.put("stretched 1:2", AffineTransform.getScaleInstance(1, 2));
    all.put("at half its height", AffineTransform.getScaleInstance(1, 0.5));
    all.put("enlarged", AffineTransform.getScaleInstance(2, 2));
    all.put("turned by 20 degrees", AffineTransform.getRotateInstance(Math.toRadians(20), x, y));
    all.put("turned by -35 degrees", AffineTransform.getRotateInstance(Math.toRadians(-35), x, y));
    return all;
  }

  private static View view(String name, Image portrait, Point2D nose, AffineTransform transform) {
    int width = (int) Math.round(portrait.width() * transform.getScaleX());
    int height = (int) Math.round(portrait.height() * transform.getScaleY());
    boolean turned = transform.getShearX() != 0;
    BufferedImage picture =
        new BufferedImage(
            turned ? portrait.width() : width,
            turned ? portrait.height() : height,
            BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D graphics = picture.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(portrait.toBufferedImage(), transform, null);
    graphics.dispose();
    return new View(name, Image.of(picture), transform.transform(nose, null));
  }

  private static Point2D nose(String photo) {
    try {
      JsonObject truth =
          JsonParser.parseString(Files.readString(SharedData.album("truth.json")))
              .getAsJsonObject()
              .getAsJsonObject("images")
              .getAsJsonObject(photo);
      JsonArray nose =
          truth
              .getAsJsonArray("faces")
              .get(0)
              .getAsJsonObject()
              .getAsJsonArray("landmarks")
              .get(2)
              .getAsJsonArray();
      return new Point2D.Double(nose.get(0).getAsDouble(), nose.get(1).getAsDouble());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
