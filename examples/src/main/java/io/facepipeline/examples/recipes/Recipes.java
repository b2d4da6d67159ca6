package io.facepipeline.examples.recipes;

import io.facepipeline.AttributeCard;
import io.facepipeline.Box;
import io.facepipeline.CropRule;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.FaceSuppression;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import io.facepipeline.ImageException;
import io.facepipeline.ImageSource;
import io.facepipeline.Landmarks;
import io.facepipeline.ModelCard;
import io.facepipeline.Outcome;
import io.facepipeline.ReadOptions;
import io.facepipeline.attributes.OnnxFaceAttribute;
import io.facepipeline.classify.Gallery;
import io.facepipeline.classify.SvmClassifier;
import io.facepipeline.classify.TrainingResult;
import io.facepipeline.detection.Mtcnn;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.evaluation.ImpostorScores;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.store.ModelStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** One method a recipe. */
public final class Recipes {
  private Recipes() {}

  /** Trains on a folder per person. */
  static void ownPhotos() {
    // recipe: own photos
    try (FacePipeline faces =
        FacePipeline.builder()
            .detector(DefaultModels.detector().build())
            .embedder(DefaultModels.embedder())
            .build()) {
      TrainingResult<SvmClassifier> result =
          SvmClassifier.trainer().fromDirectory(faces, Path.of("people")); // a folder per person
      System.out.println(result.report()); // what was left out, accuracy, who is taken for whom
      result.classifier().save(Path.of("people.classifier"));
    }
    // end
  }

  /** Finds the threshold that one's own strangers ask for. */
  static float ownThreshold(FacePipeline faces, Map<String, List<Path>> photos) {
    // recipe: own threshold
    Map<String, List<Embedding>> people = new TreeMap<>();
    photos.forEach(
        (person, files) ->
            files.forEach(
                file ->
                    faces.embed(Image.read(file)).stream()
                        .limit(1) // the largest face
                        .forEach(
                            face ->
                                people
                                    .computeIfAbsent(person, name -> new ArrayList<>())
                                    .add(face.embedding()))));
    // Of all pairs of different people one in 100,000 is as similar as this, or more.
    double threshold = ImpostorScores.between(people, 2).atFalseAcceptRate(1e-5).threshold();
    // end
    return (float) threshold;
  }

  /** Uses a checkpoint of one's own. */
  static FacePipeline ownBackbone(float threshold) {
    // recipe: own backbone
    Path checkpoint = Path.of("backbone_ir50_ms1m_epoch120.pth");
    FaceEmbedder embedder =
        Backbone.detect(checkpoint) // by the names and shapes of its tensors
            .load(checkpoint, EmbedderOptions.defaults().withMirrored(true));
    FacePipeline faces =
        FacePipeline.builder()
            .detector(DefaultModels.detector().minFaceSize(40).build())
            .embedder(embedder)
            .classifier(Gallery.inMemory(embedder.card(), threshold)) // nobody measured it for you
            .build();
    // end
    return faces;
  }

  /** Answers many requests with one pipeline. */
  static FacePipeline server(Path galleryFolder) {
    // recipe: server
    FaceEmbedder embedder = DefaultModels.embedder(EmbedderOptions.defaults().withThreads(1));
    FacePipeline faces = // one for the whole server: thread-safe, closed when it ends
        FacePipeline.builder()
            .detector(DefaultModels.detector().build())
            .embedder(embedder)
            .classifier(Gallery.open(galleryFolder, embedder.card()))
            .parallelism(1) // requests are parallel already
            .build();
    // end
    return faces;
  }

  /** Reads what strangers sent. */
  static Image untrusted(byte[] upload) {
    // recipe: uploads
    ReadOptions limits =
        ReadOptions.defaults().withMaxEncodedBytes(10 << 20).withMaxPixels(25_000_000);
    try {
      return Image.read(upload, limits);
    } catch (ImageException e) {
      throw new IllegalArgumentException("not a picture we take: " + e.reason(), e);
    }
    // end
  }

  /** Goes through a large folder in little memory. */
  static void manyPhotos(FacePipeline faces, List<Path> photos) {
    // recipe: many photos
    List<ImageSource> sources = photos.stream().map(ImageSource::of).toList(); // decoded in turn
    List<Outcome<List<Identification>>> answers =
        faces.identifyAll(
            sources, (done, total, photo) -> System.err.println(done + " of " + total));
    for (Outcome<List<Identification>> answer : answers) {
      System.out.println(
          answer.name() + ": " + (answer.isPresent() ? answer.get() : answer.error().get()));
    }
    // end
  }

  /** Looks for models in one place, and nowhere else. */
  static FaceEmbedder offline() {
    // recipe: offline
    ModelStore store = ModelStore.builder().folder(Path.of("weights")).offline(true).build();
    return Backbone.FACENET_VGGFACE2.load(store, EmbedderOptions.defaults());
    // end
  }

  /** Makes a stage of a detector that finds boxes alone. */
  static FaceDetector ownDetector(Function<Image, List<Box>> boxes) {
    // recipe: own detector
    Mtcnn landmarks = DefaultModels.detector().build(); // or the published Mtcnn
    return new FaceDetector() {
      @Override
      public List<Face> detect(Image image) {
        List<Box> found = boxes.apply(image); // what your network or service finds
        List<Landmarks> points = landmarks.landmarks(image, found); // every Face has five
        List<Face> faces = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
          faces.add(new Face(found.get(i), points.get(i), 1)); // or your detector's score
        }
        faces.sort(Comparator.comparingDouble((Face face) -> face.box().area()).reversed());
        return FaceSuppression.withoutRepeats(faces);
      }

      @Override
      public void close() {
        landmarks.close();
      }
    };
    // end
  }

  /** Makes a stage of somebody's network that tells an age group. */
  static FaceAttribute ownAttribute(Path onnx) {
    // recipe: own attribute
    AttributeCard card =
        new AttributeCard(
            "age",
            "their-age-net",
            List.of(new CropSpec(112, 112, new CropRule.ScaledBox(1.4f, true))),
            List.of("child", "adult", "old"),
            "MIT",
            "github.com/them/age-net");
    return OnnxFaceAttribute.builder(card)
        .colorOrder(ModelCard.ColorOrder.BGR)
        .scaling(List.of(127.5f), List.of(127.5f)) // (byte - mean) / deviation
        .load(onnx); // gives logits; .probabilities() if it gives some
    // end
  }
}
