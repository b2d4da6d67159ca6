package io.facepipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files out of the test suites of other image libraries, chosen for being odd. */
final class OddFilesTest {
  @Test
  @Timeout(value = 180, unit = TimeUnit.SECONDS)
  void givesAnImageOrAnImageException() throws IOException {
    Path folder = SharedData.path("data/odd");
    List<String> lines = Files.readAllLines(folder.resolve("manifest.tsv"));
    List<String> problems = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    int decoded = 0;
    for (String line : lines.subList(1, lines.size())) {
      String[] columns = line.split("\t", -1);
      boolean wanted = columns[6].equals("ok");
      try {
        Image image = Image.read(folder.resolve(columns[0]));
        decoded++;
        if (wanted && !image.toString().equals(expectedSize(columns))) {
          problems.add(columns[0] + " is a " + image + ", not " + expectedSize(columns));
        }
      } catch (ImageException e) {
        refused.add((wanted ? "(Pillow reads it) " : "") + e.getMessage());
      } catch (RuntimeException | Error e) {
        problems.add(columns[0] + ": " + e);
      }
    }
    assertEquals(List.of(), problems);
    assertTrue(decoded >= 240, "only " + decoded + " files were decoded: " + refused);
  }

  private static String expectedSize(String[] columns) {
    // The manifest gives the size as stored.
    boolean turned = columns[5].matches("[5678]");
    return turned
        ? columns[4] + "x" + columns[3] + " image"
        : columns[3] + "x" + columns[4] + " image";
  }

  @Test
  void turnsPhotosUpright() {
    Path folder = SharedData.path("data/odd");
    int[] first = thumbnail(Image.read(folder.resolve("exif_orientation__Portrait_1.jpg")));
    for (int orientation = 0; orientation <= 8; orientation++) {
      Image photo =
          Image.read(folder.resolve("exif_orientation__Portrait_" + orientation + ".jpg"));
      assertEquals("1200x1800 image", photo.toString());
      int[] other = thumbnail(photo);
      // Portrait_0 has a number that means nothing, so it is what viewers make of it: upright.
      double sum = 0;
      for (int i = 0; i < first.length; i++) {
        sum += Math.abs(first[i] - other[i]);
      }
      double difference = sum / first.length;
      assertTrue(difference < 6, "orientation " + orientation + " differs by " + difference);
    }
    assertEquals(
        "1800x1200 image",
        Image.read(folder.resolve("exif_orientation__Landscape_6.jpg")).toString());
  }

  /** Mean grey of 12 by 18 blocks. */
  private static int[] thumbnail(Image image) {
    int block = image.width() / 12;
    int[] sums = new int[12 * 18];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        int rgb = image.rgbAt(x, y);
        sums[y / block * 12 + x / block] += (rgb >> 16) + (rgb >> 8 & 0xFF) + (rgb & 0xFF);
      }
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= 3 * block * block;
    }
    return sums;
  }

  @Test
  void readsPhotosInTheirSize() throws IOException {
    Path photos = SharedData.path("data/photos");
    String golden = Files.readString(SharedData.path("golden/mtcnn.json"));
    Matcher entries = SIZE.matcher(golden);
    int compared = 0;
    while (entries.find()) {
      Image photo = Image.read(photos.resolve(entries.group(1)));
      assertEquals(entries.group(2) + "x" + entries.group(3) + " image", photo.toString());
      compared++;
    }
    assertEquals(7, compared);
  }

  private static final Pattern SIZE =
      Pattern.compile("\"([^\"/]+\\.jpg)\": *\\{\"width\": (\\d+), \"height\": (\\d+)");
}
