package io.facepipeline.attributes;

import static io.facepipeline.attributes.Expression.ANGRY;
import static io.facepipeline.attributes.Expression.DISGUSTED;
import static io.facepipeline.attributes.Expression.FEARFUL;
import static io.facepipeline.attributes.Expression.HAPPY;
import static io.facepipeline.attributes.Expression.NEUTRAL;
import static io.facepipeline.attributes.Expression.SAD;
import static io.facepipeline.attributes.Expression.SURPRISED;

import io.facepipeline.AttributeCard;
import io.facepipeline.CropRule;
import io.facepipeline.CropSpec;
import io.facepipeline.FaceAttribute;
import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.store.FileVersion;
import io.facepipeline.onnx.store.Licence;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.PublishedFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The catalogue of published models that tell something about faces. Their files are ONNX forms of
 * what was published, which no origin offers for download: put them where {@link ModelStore} looks.
 */
public enum AttributeModel {
  /**
   * mini-XCEPTION of oarriaga/face_classification (Arriaga et al. 2017), trained on FER2013: 66 %
   * of its test, as its authors say.
   */
  EXPRESSION_MINI_XCEPTION(
      Expression.ATTRIBUTE,
      "expression-mini-xception",
      "github.com/oarriaga/face_classification",
      "MIT",
      List.of(
          new Network(
              new FileVersion(
                  "fer2013_mini_xception.onnx",
                  238_639,
                  "4703378e0766a60a7b14f70a705f81c0290056b98e466cae4b3005faa81bd110"),
              64,
              new CropRule.ScaledBox(1.2f, true),
              new InputSpec(ColorOrder.GREY, List.of(127.5f), List.of(127.5f)),
              false)),
      labels(ANGRY, DISGUSTED, FEARFUL, HAPPY, SAD, SURPRISED, NEUTRAL)),

  /** The expression network of justadudewhohacks/face-api.js. */
  EXPRESSION_FACE_API(
      Expression.ATTRIBUTE,
      "expression-face-api",
      "github.com/justadudewhohacks/face-api.js-models",
      "MIT",
      List.of(
          new Network(
              new FileVersion(
                  "faceapi_expression.onnx",
                  1_310_609,
                  "3ff40eff480e27edfe1fdbf5b29877201323f990fba88a51cf6e57a664abed33"),
              112,
              new CropRule.ScaledBox(1, true),
              new InputSpec(
                  ColorOrder.RGB, List.of(122.782f, 117.001f, 104.298f), List.of(255f, 255f, 255f)),
              false)),
      labels(NEUTRAL, HAPPY, SAD, ANGRY, FEARFUL, DISGUSTED, SURPRISED)),

  /**
   * The two MiniFASNets of minivision-ai/Silent-Face-Anti-Spoofing, averaged as its {@code test.py}
   * does: {@code live} is a face before the camera, {@code attack} a print, a screen or a mask. Of
   * the networks' three classes its authors say only that the second is the live one; the other two
   * are added up.
   */
  LIVENESS_MINIFASNET(
      "liveness",
      "liveness-minifasnet",
      "github.com/minivision-ai/Silent-Face-Anti-Spoofing",
      "Apache-2.0",
      List.of(
          new Network(
              new FileVersion(
                  "minifasnet_v2_2.7.onnx",
                  1_744_116,
                  "23c35d6762dca2a07e17979b0f76263cc9ffea6e3d55c7ded23108a625bd79f7"),
              80,
              new CropRule.ScaledBox(2.7f, false),
              InputSpec.raw(ColorOrder.BGR),
              true),
          new Network(
              new FileVersion(
                  "minifasnet_v1se_4.0.onnx",
                  1_743_284,
                  "993e41cad1ca54f02ae4a67bb3f6f41e8091ebc5310f295fa823c51747649384"),
              80,
              new CropRule.ScaledBox(4, false),
              InputSpec.raw(ColorOrder.BGR),
              true)),
      List.of("attack", "live", "attack"));

  private final AttributeCard card;
  private final List<Network> networks;
  private final List<String> meanings;
  private final List<PublishedFile> files;

  AttributeModel(
      String attribute,
      String id,
      String origin,
      String licence,
      List<Network> networks,
      List<String> meanings) {
    this.networks = networks;
    this.meanings = meanings;
    card =
        new AttributeCard(
            attribute,
            id,
            networks.stream().map(n -> new CropSpec(n.side(), n.side(), n.rule())).toList(),
            meanings.stream().distinct().toList(),
            licence,
            origin);
    Licence terms = new Licence(licence, "https://" + origin, false);
    files =
        networks.stream()
            .map(n -> new PublishedFile(id, List.of(n.file()), origin, terms, null))
            .toList();
  }

  /** A network, and how it sees faces. */
  private record Network(
      FileVersion file, int side, CropRule rule, InputSpec input, boolean logits) {}

  private static List<String> labels(Expression... order) {
    return Arrays.stream(order).map(Expression::label).toList();
  }

  /**
   * {@return the model of a catalogue id}
   *
   * @param id such as {@code expression-face-api}
   */
  public static Optional<AttributeModel> named(String id) {
    return Arrays.stream(values()).filter(model -> model.id().equals(id)).findFirst();
  }

  /** {@return its catalogue id} */
  public String id() {
    return card.id();
  }

  /** {@return its card} */
  public AttributeCard card() {
    return card;
  }

  /** {@return its files} */
  public List<PublishedFile> files() {
    return files;
  }

  /**
   * {@return the model, with its files from the folders that the environment names}
   *
   * @throws io.facepipeline.FacePipelineException as {@link ModelStore#require} says
   */
  public FaceAttribute load() {
    return load(ModelStore.fromEnvironment());
  }

  /**
   * {@return the model}
   *
   * @param store finds its files
   * @throws io.facepipeline.FacePipelineException as {@link ModelStore#require} says
   */
  public FaceAttribute load(ModelStore store) {
    List<Path> found = store.require(files);
    List<Classes> opened = new ArrayList<>();
    try {
      for (int i = 0; i < networks.size(); i++) {
        Network n = networks.get(i);
        opened.add(
            Classes.open(
                found.get(i),
                n.input(),
                n.side(),
                meanings.size(),
                n.logits(),
                OnnxOptions.defaults().withIntraOpThreads(1)));
      }
    } catch (RuntimeException e) {
      opened.forEach(Classes::close);
      throw e;
    }
    return new OnnxFaceAttribute(card, opened, meanings);
  }
}
