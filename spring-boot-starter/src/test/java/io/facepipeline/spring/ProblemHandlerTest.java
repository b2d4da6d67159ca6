package io.facepipeline.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceCountException;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.Landmarks;
import io.facepipeline.SpoofException;
import io.facepipeline.gallery.GalleryException;
import io.facepipeline.onnx.InferenceException;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.store.ModelStoreException;
import io.facepipeline.testkit.SharedData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/** What is answered over HTTP when a call fails. */
class ProblemHandlerTest {
  private static final Path SECRET = Path.of("/srv/secret/ada lovelace.jpg");

  private final List<Throwable> told = new ArrayList<>();
  private final ProblemHandler handler = new ProblemHandler(told::add);

  private static final Logger LOG = Logger.getLogger(ProblemHandler.class.getName());

  @BeforeEach
  void quiet() {
    LOG.setLevel(Level.OFF);
  }

  @AfterEach
  void loud() {
    LOG.setLevel(null);
  }

  /** Every failure that the library has, with a path in its message. */
  private static List<FacePipelineException> failures() {
    List<FacePipelineException> all = new ArrayList<>();
    for (ImageException.Reason reason : ImageException.Reason.values()) {
      all.add(new ImageException(SECRET.toString(), reason, "cannot be read"));
    }
    for (GalleryException.Reason reason : GalleryException.Reason.values()) {
      all.add(new GalleryException(reason, SECRET, "cannot be used"));
    }
    for (ModelStoreException.Reason reason : ModelStoreException.Reason.values()) {
      all.add(new ModelStoreException(reason, SECRET + " cannot be fetched"));
    }
    all.add(spoof());
    all.add(new ModelNotFoundException(SECRET + " is missing"));
    all.add(new MalformedModelException(SECRET + " is damaged"));
    all.add(new InferenceException(SECRET + " failed"));
    all.add(new FacePipelineException(SECRET + " failed"));
    return all;
  }

  private static SpoofException spoof() {
    Face face = new Face(new Box(0, 0, 9, 9), Landmarks.of(2, 3, 6, 3, 4, 5, 3, 7, 5, 7), 1);
    return new SpoofException(SECRET + " shows a printed photo", face, 0.1f, 0.5f);
  }

  @Test
  void noAnswerNamesAFileAndEveryKindHasItsName() {
    Set<String> kinds = new HashSet<>();
    for (FacePipelineException failure : failures()) {
      ResponseEntity<ProblemDetail> answer = handler.answer(failure);
      ProblemDetail problem = answer.getBody();
      assertThat(problem.toString()).doesNotContain("secret", "ada", ".jpg");
      assertThat(answer.getStatusCode().value()).isEqualTo(problem.getStatus());
      assertThat(problem.getDetail()).isNotBlank();
      assertThat(kinds.add((String) problem.getProperties().get("kind"))).isTrue();
    }
    assertThat(told).hasSameSizeAs(failures());
  }

  @Test
  void theStatusSaysWhoseFaultItIs() {
    assertThat(status(new ImageException("upload", ImageException.Reason.TOO_LARGE, "")))
        .isEqualTo(413);
    assertThat(status(new ImageException("upload", ImageException.Reason.UNSUPPORTED, "")))
        .isEqualTo(415);
    assertThat(status(new ImageException("upload", ImageException.Reason.CORRUPT, "")))
        .isEqualTo(422);
    assertThat(status(spoof())).isEqualTo(422);
    assertThat(status(new GalleryException(GalleryException.Reason.READ_ONLY, SECRET, "")))
        .isEqualTo(409);
    assertThat(status(new GalleryException(GalleryException.Reason.STORAGE, SECRET, "")))
        .isEqualTo(507);
    assertThat(status(new GalleryException(GalleryException.Reason.DAMAGED, SECRET, "")))
        .isEqualTo(500);
    assertThat(status(new ModelNotFoundException(""))).isEqualTo(503);
    assertThat(status(new InferenceException(""))).isEqualTo(500);
  }

  private int status(FacePipelineException failure) {
    return handler.answer(failure).getStatusCode().value();
  }

  @Test
  void aPhotoWithoutTheOneFaceTellsHowManyThereAre() {
    Image group = Image.read(SharedData.album("groups/group_1.jpg"));
    Image empty = Image.ofGrey(100, 100, new byte[10_000]);
    try (FacePipeline faces = FacePipeline.create()) {
      ProblemDetail several = handler.answer(refused(faces, group)).getBody();
      assertThat(several.getStatus()).isEqualTo(422);
      assertThat(several.getProperties())
          .containsEntry("kind", "several-faces")
          .containsEntry("faces", faces.detect(group).size());
      ProblemDetail none = handler.answer(refused(faces, empty)).getBody();
      assertThat(none.getProperties()).containsEntry("kind", "no-face").containsEntry("faces", 0);
    }
  }

  private static FaceCountException refused(FacePipeline faces, Image photo) {
    return Assertions.assertThrows(FaceCountException.class, () -> faces.embedOne(photo));
  }
}
