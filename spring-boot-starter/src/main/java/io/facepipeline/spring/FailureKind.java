package io.facepipeline.spring;

import io.facepipeline.AlignmentException;
import io.facepipeline.FaceCountException;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ImageException;
import io.facepipeline.SpoofException;
import io.facepipeline.gallery.GalleryException;
import io.facepipeline.onnx.InferenceException;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.store.ModelStoreException;
import java.util.Locale;

/**
 * What kind of failure an exception is, for meters and answers. Messages name files and people, so
 * neither shows them.
 *
 * @param name in lower case with hyphens, such as {@code image-too-large}
 * @param status the HTTP status of the answer
 * @param detail what whoever asked is told
 */
record FailureKind(String name, int status, String detail) {
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int CONTENT_TOO_LARGE = 413;
  private static final int UNSUPPORTED_MEDIA_TYPE = 415;
  private static final int UNPROCESSABLE = 422;
  private static final int SERVER_ERROR = 500;
  private static final int UNAVAILABLE = 503;
  private static final int INSUFFICIENT_STORAGE = 507;

  static FailureKind of(Throwable failure) {
    if (failure instanceof FaceCountException e) {
      return e.faces().isEmpty()
          ? new FailureKind("no-face", UNPROCESSABLE, "the photo shows no face")
          : new FailureKind(
              "several-faces",
              UNPROCESSABLE,
              "the photo shows "
                  + e.faces().size()
                  + " faces that may be meant; send a photo of one person");
    }
    if (failure instanceof SpoofException) {
      return new FailureKind(
          "spoof",
          UNPROCESSABLE,
          "the face may be one of a printed photo or a screen; send a photo of the person");
    }
    if (failure instanceof ImageException e) {
      return of(e.reason());
    }
    if (failure instanceof AlignmentException) {
      return new FailureKind(
          "alignment", UNPROCESSABLE, "a face in the photo cannot be cut out; send another photo");
    }
    if (failure instanceof GalleryException e) {
      return of(e.reason());
    }
    if (failure instanceof ModelStoreException e) {
      return server("model-" + hyphenated(e.reason()), UNAVAILABLE);
    }
    if (failure instanceof ModelNotFoundException) {
      return server("model-missing", UNAVAILABLE);
    }
    if (failure instanceof MalformedModelException) {
      return server("model-malformed", SERVER_ERROR);
    }
    if (failure instanceof InferenceException) {
      return server("inference", SERVER_ERROR);
    }
    return server(
        failure instanceof FacePipelineException
            ? "facepipeline"
            : failure instanceof IllegalStateException ? "closed" : "other",
        SERVER_ERROR);
  }

  private static FailureKind of(ImageException.Reason reason) {
    String name = "image-" + hyphenated(reason);
    return switch (reason) {
      case EMPTY -> new FailureKind(name, UNPROCESSABLE, "the photo holds no bytes");
      case CORRUPT -> new FailureKind(name, UNPROCESSABLE, "the photo is damaged or incomplete");
      case UNSUPPORTED ->
          new FailureKind(
              name, UNSUPPORTED_MEDIA_TYPE, "what was sent is not a picture of a known format");
      case TOO_LARGE ->
          new FailureKind(
              name, CONTENT_TOO_LARGE, "the photo has more pixels or bytes than are accepted");
      case MISSING -> new FailureKind(name, NOT_FOUND, "there is no such photo");
      case IO -> server(name, SERVER_ERROR);
    };
  }

  private static FailureKind of(GalleryException.Reason reason) {
    String name = "gallery-" + hyphenated(reason);
    return switch (reason) {
      case READ_ONLY ->
          new FailureKind(name, CONFLICT, "the people who are known cannot be changed here");
      case MALFORMED_IMPORT ->
          new FailureKind(name, UNPROCESSABLE, "the file of people is malformed");
      case STORAGE -> server(name, INSUFFICIENT_STORAGE);
      case IN_USE, TAKEN_OVER, UNAVAILABLE -> server(name, UNAVAILABLE);
      case NOT_FOUND, OTHER_MODEL, NEWER_FORMAT, DAMAGED -> server(name, SERVER_ERROR);
    };
  }

  /** A failure that whoever asked can do nothing about. */
  private static FailureKind server(String name, int status) {
    return new FailureKind(name, status, "the server cannot do this now; its log has the cause");
  }

  boolean isServers() {
    return status >= SERVER_ERROR;
  }

  private static String hyphenated(Enum<?> reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
