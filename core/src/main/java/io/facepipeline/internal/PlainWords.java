package io.facepipeline.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The library's messages for people who do not program: on the command line and on the page. Facts
 * stay; advice to call Java becomes advice for the command line.
 */
public final class PlainWords {
  private static final Map<Pattern, String> INSTEAD = new LinkedHashMap<>();

  /** Whatever else speaks of the library's classes and methods, in a clause of advice. */
  private static final Pattern JAVA_ADVICE =
      Pattern.compile(
          "(;|,? or|, and)[^;]*?\\b(?:(?:Gallery|GalleryQuery|ReadOptions|FaceSelection|ImageCodec"
              + "|ModelStore|EmbedderOptions|OnnxFaceEmbedder|OnnxModel|FacePipeline|Mtcnn"
              + "|DefaultModels|Backbone|Checkpoint|CardFile|ModelCard)\\b(?:[.(]|$)"
              + "|[a-z]\\w*\\(\\))[^;]*");

  static {
    instead("; raise ReadOptions\\.\\w+ if the picture is trusted", "; make the picture smaller");
    instead(",? or add an ImageCodec( for it)?", "");
    instead(
        ", or choose a face with a FaceSelection",
        ", so that it shows one face, or choose one with --select if the command has that option");
    instead(
        "; pass the embedder's card to create one: Gallery\\.open\\(folder, card\\)",
        "; 'gallery add' creates one");
    instead(
        "with Gallery\\.in\\(folder\\)\\.salvage\\(\\)",
        "with --salvage, an option of gallery's commands");
    instead("; opening it for writing creates one", "; 'gallery add' creates one");
    instead("java\\.nio\\.file\\.NoSuchFileException: ([^;)]*)", "there is no $1");
    instead("java\\.nio\\.file\\.AccessDeniedException: ([^;)]*)", "access to $1 is not allowed");
    instead("java\\.nio\\.file\\.NotDirectoryException: ([^;)]*)", "$1 is not a folder");
    instead("java\\.nio\\.file\\.FileAlreadyExistsException: ([^;)]*)", "$1 already exists");
    instead("java\\.(?:nio|io)(?:\\.file)?\\.\\w*Exception: ", "");
    instead("with resized\\(\\)", "with --fit resized");
    instead("with closedSet\\(\\)", "with --closed-set");
    instead("closedSet\\(\\)", "--closed-set");
    instead("ModelStore\\.builder\\(\\)\\.acceptLicense\\([^)]*\\) or ", "");
    instead("; pass one to OnnxFaceEmbedder\\.load\\(file, card, options\\), or write", "; write");
    instead("onlyCommercialUse\\(\\) or --commercial-only", "--commercial-only");
    instead("; give a threshold yourself", "; give one with --threshold");
    instead("; use one with java\\.desktop", "; use a full Java runtime");
  }

  private PlainWords() {}

  private static void instead(String java, String plain) {
    INSTEAD.put(Pattern.compile(java), plain);
  }

  /** {@return what a failure says} */
  public static String of(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : of(message);
  }

  /** {@return a message of the library in plain words} */
  public static String of(String message) {
    String plain = message;
    for (Map.Entry<Pattern, String> entry : INSTEAD.entrySet()) {
      plain = entry.getKey().matcher(plain).replaceAll(entry.getValue());
    }
    return JAVA_ADVICE.matcher(plain).replaceAll("");
  }
}
