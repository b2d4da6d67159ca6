package io.facepipeline.cli.people;

import io.facepipeline.Box;
import io.facepipeline.FacePipeline;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.PhotoResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Says and prints who is in photos. */
final class NamedFaces {
  private NamedFaces() {}

  /** Names everyone in a photo. */
  static PhotoOptions.Task by(FacePipeline pipeline) {
    return (photo, result) ->
        pipeline.identify(photo).forEach(who -> result.faces.add(PhotoResult.FaceResult.of(who)));
  }

  static void print(PrintWriter out, PhotoResult result) {
    if (result.error != null) {
      return;
    }
    out.printf("%n%s: %s%n", result.image, Counted.of(result.faces.size(), "face"));
    for (PhotoResult.FaceResult face : result.faces) {
      Box b = face.face.box();
      out.printf(
          Locale.ROOT,
          "  %-12s similarity %5.3f   at %4.0f,%-4.0f %4.0fx%-4.0f  score %.3f%n",
          face.name(),
          face.similarity == null ? Float.NaN : face.similarity,
          b.x1(),
          b.y1(),
          b.width(),
          b.height(),
          face.face.score());
    }
  }

  /** Counts what happened. */
  static void summarize(PrintWriter out, List<PhotoResult> results, PhotoOptions options) {
    long failed = results.stream().filter(r -> r.error != null).count();
    long faces = results.stream().mapToLong(r -> r.faces.size()).sum();
    long named =
        results.stream().flatMap(r -> r.faces.stream()).filter(f -> f.label != null).count();
    long spoofs = results.stream().flatMap(r -> r.faces.stream()).filter(f -> f.spoof).count();
    out.printf(
        "%n%s%s, %s: %d named, %d unknown%s%n",
        Counted.of(results.size() - failed, "photo"),
        failed == 0 ? "" : " and " + failed + " that failed",
        Counted.of(faces, "face"),
        named,
        faces - named - spoofs,
        spoofs == 0 ? "" : ", " + spoofs + " refused as no live face");
    options.tellPictures(out);
  }
}
