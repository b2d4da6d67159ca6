package io.facepipeline.attributes;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.AttributeCard;
import io.facepipeline.CropSpec;
import io.facepipeline.FaceAttribute;
import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.internal.SetOnce;
import io.facepipeline.onnx.OnnxOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds an {@link OnnxFaceAttribute} from ONNX files that take [n, channels, side, side] and give
 * a number per class. Each setter refuses a second call at once. Not thread-safe.
 */
public final class OnnxFaceAttributeBuilder {
  private final AttributeCard card;
  private @Nullable ColorOrder order;
  private @Nullable List<Float> mean;
  private @Nullable List<Float> deviation;
  private @Nullable List<String> classes;
  private boolean probabilities;

  OnnxFaceAttributeBuilder(AttributeCard card) {
    this.card = card;
    for (CropSpec crop : card.crops()) {
      if (crop.width() != crop.height()) {
        throw new IllegalArgumentException(
            card.id() + " needs square crops, got " + crop.width() + "x" + crop.height());
      }
    }
  }

  /**
   * Sets the order of the planes; the default is RGB.
   *
   * @param order the order; grey is 0.299 R + 0.587 G + 0.114 B
   * @return this
   * @throws IllegalStateException if it was set already
   */
  @CanIgnoreReturnValue
  public OnnxFaceAttributeBuilder colorOrder(ColorOrder order) {
    this.order = SetOnce.set("color order", this.order, order);
    return this;
  }

  /**
   * Sets how bytes become numbers, {@code (byte - mean) / deviation}; the default is as they are, 0
   * to 255.
   *
   * @param mean one number, or one a plane
   * @param deviation one number over 0, or one a plane
   * @return this
   * @throws IllegalStateException if it was set already
   * @throws IllegalArgumentException if a number is none of these
   */
  @CanIgnoreReturnValue
  public OnnxFaceAttributeBuilder scaling(List<Float> mean, List<Float> deviation) {
    SetOnce.refuseSecond("scaling", this.mean);
    if (!mean.stream().allMatch(Float::isFinite)
        || !deviation.stream().allMatch(d -> d > 0 && Float.isFinite(d))) {
      throw new IllegalArgumentException(
          "a mean must be finite and a deviation over 0, got " + mean + " and " + deviation);
    }
    this.mean = List.copyOf(mean);
    this.deviation = List.copyOf(deviation);
    return this;
  }

  /**
   * Sets what each number that the networks give means; the default is the card's labels in their
   * order. Probabilities of one label are added up.
   *
   * @param labels a label of the card for each number
   * @return this
   * @throws IllegalStateException if it was set already
   * @throws IllegalArgumentException if these are not the card's labels
   */
  @CanIgnoreReturnValue
  public OnnxFaceAttributeBuilder classes(List<String> labels) {
    SetOnce.refuseSecond("classes", classes);
    if (!new HashSet<>(labels).equals(new HashSet<>(card.labels()))) {
      throw new IllegalArgumentException(
          "the classes must be of the labels "
              + card.labels()
              + ", each at least once, got "
              + labels);
    }
    classes = List.copyOf(labels);
    return this;
  }

  /**
   * Says that the networks give probabilities; the default is that the softmax makes some.
   *
   * @return this
   * @throws IllegalStateException if it was said already
   */
  @CanIgnoreReturnValue
  public OnnxFaceAttributeBuilder probabilities() {
    SetOnce.refuseSecond("output", probabilities ? "probabilities" : null);
    probabilities = true;
    return this;
  }

  /**
   * {@return the attribute}
   *
   * @param files the ONNX files, one for each of the card's crops
   * @throws IllegalArgumentException if there are not as many files as crops, or the scaling has
   *     not as many numbers as the color order has planes
   * @throws io.facepipeline.onnx.MalformedModelException if a file takes or gives something else
   * @throws io.facepipeline.FacePipelineException if a file cannot be read
   */
  public FaceAttribute load(Path... files) {
    if (files.length != card.crops().size()) {
      throw new IllegalArgumentException(
          card.id()
              + " cuts faces in "
              + card.crops().size()
              + " ways, got "
              + files.length
              + " files; give one for each");
    }
    ColorOrder planes = order != null ? order : ColorOrder.RGB;
    InputSpec input =
        mean == null || deviation == null
            ? InputSpec.raw(planes)
            : new InputSpec(planes, perPlane(mean, planes), perPlane(deviation, planes));
    List<String> meanings = classes != null ? classes : card.labels();
    List<Classes> opened = new ArrayList<>();
    try {
      for (int i = 0; i < files.length; i++) {
        int side = card.crops().get(i).width();
        OnnxOptions options = OnnxOptions.defaults().withIntraOpThreads(1);
        opened.add(Classes.open(files[i], input, side, meanings.size(), !probabilities, options));
      }
    } catch (RuntimeException e) {
      opened.forEach(Classes::close);
      throw e;
    }
    return new OnnxFaceAttribute(card, opened, meanings);
  }

  private static List<Float> perPlane(List<Float> numbers, ColorOrder order) {
    if (numbers.size() == 1) {
      return Collections.nCopies(order.channels(), numbers.get(0));
    }
    if (numbers.size() != order.channels()) {
      throw new IllegalArgumentException(
          order
              + " has "
              + order.channels()
              + " planes, the scaling has numbers for "
              + numbers.size());
    }
    return numbers;
  }
}
