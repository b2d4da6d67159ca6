package io.facepipeline.cli.serve;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.facepipeline.AnalyzedFace;
import io.facepipeline.Box;
import io.facepipeline.EmbeddedFace;
import io.facepipeline.Face;
import io.facepipeline.FacePipeline;
import io.facepipeline.FaceQuality;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import io.facepipeline.ProgressListener;
import io.facepipeline.SpoofException;
import io.facepipeline.cli.stages.CheckedMasking;
import io.facepipeline.drawing.FaceMasking;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryPerson;
import io.facepipeline.internal.Labels;
import io.facepipeline.internal.PlainWords;
import io.javalin.http.ContentType;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the page can ask for. A photo is the body of a request, looked at and forgotten: who enrolls
 * a face sends its photo once more.
 */
final class FaceCalls {
  private static final Gson GSON = new GsonBuilder().serializeNulls().create();
  private static final int MAX_LABEL = 80;
  private static final float QUALITY = 0.92f;

  private final FacePipeline pipeline;
  private final Gallery gallery;
  private final PhotoTurns turns;

  FaceCalls(FacePipeline pipeline, PhotoTurns turns) {
    this.pipeline = pipeline;
    this.turns = turns;
    gallery = pipeline.gallery(Gallery.class);
  }

  /** A face as the page draws it; the box as left, top, right, bottom. */
  private record FaceAnswer(
      List<Float> box,
      List<List<Float>> landmarks,
      float score,
      @Nullable String label,
      @Nullable Float similarity,
      @Nullable String nearest,
      @Nullable Float liveness,
      boolean spoof,
      List<String> warnings) {
    static FaceAnswer of(AnalyzedFace analyzed) {
      Box box = analyzed.face().box();
      Identification who = Objects.requireNonNull(analyzed.identity());
      return new FaceAnswer(
          List.of(box.x1(), box.y1(), box.x2(), box.y2()),
          analyzed.face().landmarks().points().stream().map(p -> List.of(p.x(), p.y())).toList(),
          analyzed.face().score(),
          who.label(),
          who.score(),
          who.candidates().isEmpty() ? null : who.candidates().get(0).label(),
          who.liveness(),
          who.spoof(),
          analyzed.quality().warnings());
    }
  }

  private record FacesAnswer(int width, int height, List<FaceAnswer> faces) {}

  private record PersonAnswer(String label, int faces) {
    static PersonAnswer of(GalleryPerson person) {
      return new PersonAnswer(person.label(), person.faces());
    }
  }

  private record PeopleAnswer(
      List<PersonAnswer> people,
      String model,
      float threshold,
      boolean kept,
      long maxUploadBytes) {}

  private record EnrolledAnswer(String label, List<String> warnings) {}

  /** Who is enrolled, and what the page has to know. */
  void people(Context context) {
    answer(
        context,
        new PeopleAnswer(
            gallery.people().stream().map(PersonAnswer::of).toList(),
            pipeline.card().id(),
            gallery.threshold(),
            gallery.recovery().isPresent(),
            turns.maxUploadBytes()));
  }

  /** The faces in a photo, and whose they are. */
  void faces(Context context) {
    FacesAnswer found =
        turns.with(
            context,
            photo -> {
              return new FacesAnswer(
                  photo.width(),
                  photo.height(),
                  pipeline.analyze(photo).stream().map(FaceAnswer::of).toList());
            });
    answer(context, found);
  }

  /** Enrolls one of a photo's faces, by its place among those that {@link #faces} tells of. */
  void enroll(Context context) {
    String label = label(context.queryParam("label"));
    int number = number(context.queryParam("face"));
    EnrolledAnswer enrolled =
        turns.with(
            context,
            photo -> {
              List<EmbeddedFace> faces = pipeline.embed(photo);
              if (number >= faces.size()) {
                throw refused(
                    "the photo shows "
                        + (faces.size() == 1 ? "1 face" : faces.size() + " faces")
                        + ", counted from 0, so there is no face "
                        + number);
              }
              EmbeddedFace face = faces.get(number);
              requireLive(photo, face.face());
              gallery.enroll(label, List.of(face.embedding()));
              return new EnrolledAnswer(label, FaceQuality.of(photo, face.face()).warnings());
            });
    context.status(HttpStatus.CREATED);
    answer(context, enrolled);
  }

  /** The photo, without metadata and without any face. */
  void hide(Context context) {
    byte[] hidden =
        turns.with(
            context,
            photo -> {
              CheckedMasking masking = new CheckedMasking(pipeline.detector(), FaceMasking.blur());
              Image left = masking.mask(photo, pipeline.detect(photo), List.of()).image();
              ByteArrayOutputStream encoded = new ByteArrayOutputStream();
              left.writeJpeg(encoded, QUALITY);
              return encoded.toByteArray();
            });
    context.contentType(ContentType.IMAGE_JPEG).result(hidden);
  }

  private void requireLive(Image photo, Face face) {
    try {
      pipeline.requireLive(photo, List.of(face));
    } catch (SpoofException e) {
      throw new RefusedException(HttpStatus.UNPROCESSABLE_CONTENT, PlainWords.of(e));
    }
  }

  /** Forgets a person, on the disk too. */
  void forget(Context context) {
    // As a query, since in a path ".." and "a/b" lead elsewhere.
    String label = context.queryParam("label");
    if (label == null) {
      throw refused("name the person to remove: DELETE /api/people?label=NAME");
    }
    if (gallery.remove(label) == 0) {
      throw new RefusedException(HttpStatus.NOT_FOUND, "nobody is enrolled as " + label);
    }
    gallery.compact(ProgressListener.NONE);
    people(context);
  }

  private static String label(@Nullable String given) {
    String label = given == null ? "" : given.strip();
    if (label.isEmpty() || label.length() > MAX_LABEL) {
      throw refused("a name must have 1 to " + MAX_LABEL + " characters, got '" + label + "'");
    }
    try {
      return Labels.accept(label);
    } catch (IllegalArgumentException e) {
      throw refused(e.getMessage() + ", got '" + label + "'");
    }
  }

  private static int number(@Nullable String given) {
    try {
      int number = Integer.parseInt(String.valueOf(given));
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below, as a negative one is.
    }
    throw refused(
        "face must be a number from 0, got "
            + (given == null ? "none; add &face=0 for the first face" : given));
  }

  private static RefusedException refused(String problem) {
    return new RefusedException(HttpStatus.BAD_REQUEST, problem);
  }

  static void answer(Context context, Object value) {
    context.contentType(ContentType.APPLICATION_JSON).result(GSON.toJson(value));
  }
}
