package io.facepipeline.evaluation.internal;

import io.facepipeline.FacePipelineException;
import io.facepipeline.evaluation.detection.AnnotatedFace;
import io.facepipeline.evaluation.detection.AnnotatedFace.FaceRegion;
import io.facepipeline.internal.TextFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads FDDB's annotations as published (vis-www.cs.umass.edu/fddb): for each photo a line with its
 * name without suffix, a line with the number of faces, and a line per face with the numbers of its
 * ellipse: major radius, minor radius, angle, center x, center y, and an unused last number.
 */
public final class FddbAnnotations {
  private static final int NUMBERS = 5;

  private FddbAnnotations() {}

  /**
   * {@return the faces of each photo; keys are the photos' paths relative to the folder of images}
   *
   * @param file an ellipse list, such as {@code FDDB-fold-01-ellipseList.txt}
   * @throws FacePipelineException if the file cannot be read, or a line is malformed
   */
  public static Map<String, List<AnnotatedFace>> read(Path file) {
    List<String> lines;
    try {
      lines = TextFile.lines(file).stream().map(String::strip).toList();
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot read the annotations "
              + file
              + "; give one of FDDB's ellipse lists: "
              + e.getMessage(),
          e);
    }
    Map<String, List<AnnotatedFace>> photos = new LinkedHashMap<>();
    int at = 0;
    while (at < lines.size()) {
      String name = lines.get(at++);
      if (name.isEmpty()) {
        continue;
      }
      int count = count(file, lines, at++);
      List<AnnotatedFace> faces = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        faces.add(face(file, lines, at++));
      }
      photos.put(name + ".jpg", List.copyOf(faces));
    }
    return photos;
  }

  private static int count(Path file, List<String> lines, int at) {
    String line = at < lines.size() ? lines.get(at) : "";
    if (!line.matches("\\d{1,6}")) {
      throw malformed(file, at, "expected the number of faces", line, null);
    }
    return Integer.parseInt(line);
  }

  private static AnnotatedFace face(Path file, List<String> lines, int at) {
    String line = at < lines.size() ? lines.get(at) : "";
    String[] fields = line.split("\\s+", -1);
    if (fields.length < NUMBERS) {
      throw malformed(file, at, "expected the five numbers of an ellipse", line, null);
    }
    double[] n = new double[NUMBERS];
    try {
      for (int i = 0; i < NUMBERS; i++) {
        n[i] = Double.parseDouble(fields[i]);
      }
      return AnnotatedFace.of(new FaceRegion.Ellipse(n[0], n[1], n[2], n[3], n[4]));
    } catch (IllegalArgumentException e) {
      throw malformed(file, at, "expected the five numbers of an ellipse", line, e);
    }
  }

  private static FacePipelineException malformed(
      Path file, int at, String what, String line, @Nullable Exception cause) {
    return new FacePipelineException(
        file + ", line " + (at + 1) + ": " + what + ", got \"" + line + "\"", cause);
  }
}
