package io.facepipeline.cli.stages;

import io.facepipeline.Enrollment;
import io.facepipeline.FacePipeline;
import io.facepipeline.FaceSelection;
import io.facepipeline.ImageSource;
import io.facepipeline.Outcome;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.internal.PlainWords;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Enrolls people from their photos. */
public final class Enrolling {
  private Enrolling() {}

  /** Enrolls people, and names the photos that cannot be used. */
  public static boolean all(
      FacePipeline pipeline,
      Map<String, List<ImageSource>> known,
      PrintWriter out,
      PrintWriter err) {
    boolean all = true;
    for (Map.Entry<String, List<ImageSource>> person : known.entrySet()) {
      List<ImageSource> photos = person.getValue();
      long usable = one(pipeline, person.getKey(), photos, Enrollment.Options.defaults(), out, err);
      all &= usable == photos.size();
    }
    return all;
  }

  /** Enrolls a person, names the photos that cannot be used, and returns how many could be. */
  public static long one(
      FacePipeline pipeline,
      String label,
      List<ImageSource> photos,
      Enrollment.Options options,
      PrintWriter out,
      PrintWriter err) {
    List<Outcome<FaceSelection.Selected>> outcomes = pipeline.enrollAll(label, photos, options);
    for (Outcome<FaceSelection.Selected> outcome : outcomes) {
      String photo = "facepipeline: " + outcome.name() + ": ";
      if (outcome.error().isPresent()) {
        String problem = PlainWords.of(outcome.error().get());
        err.println(
            photo
                + "not enrolled: "
                + problem.replaceFirst(Pattern.quote(outcome.name()) + ": ?", ""));
      } else {
        if (!outcome.get().others().isEmpty()) {
          err.println(photo + "enrolled " + outcome.get());
        }
        outcome.get().quality().warnings().forEach(w -> err.println(photo + "warning: " + w));
      }
    }
    long usable = outcomes.stream().filter(Outcome::isPresent).count();
    out.printf("enrolled %-12s %s%n", label, Counted.of(usable, "photo"));
    return usable;
  }
}
