package io.facepipeline.cli.photos;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.facepipeline.FaceAttribute;
import io.facepipeline.ImageSource;
import io.facepipeline.attributes.ImageClassifier;
import io.facepipeline.cli.input.PhotoArguments;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.ProgressOption;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.DownloadProgress;
import io.facepipeline.cli.stages.StoreOptions;
import io.facepipeline.evaluation.internal.TerminalBar;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells what is in photos. */
@Command(
    name = "classify-image",
    mixinStandardHelpOptions = true,
    description =
        "Tells what photos show, with ImageNet's classes or those of a model of your own.")
public final class ClassifyImageCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin StoreOptions storeOptions = new StoreOptions();

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "An id that ends in -imagenet, which models list shows, such as resnet50-imagenet, or an"
              + " ONNX file of your own that looks at whole pictures (default:"
              + " squeezenet-imagenet).")
  String model = "squeezenet-imagenet";

  @Option(
      names = "--top",
      paramLabel = "K",
      description = "Number of classes, at most those there are (default: 5).")
  int top = 5;

  @Option(names = "--json", paramLabel = "OUT", description = "Write the results as JSON.")
  @Nullable Path json;

  @Option(
      names = "--truth",
      description =
          "The folder of each photo is named as its class: measure how often the model is right.")
  boolean truth;

  @Option(
      names = "--plots",
      paramLabel = "DIR",
      description = "With --truth: draw the confusion matrix.")
  @Nullable Path plots;

  @Mixin ProgressOption progress = new ProgressOption();

  @Mixin PhotoArguments arguments = new PhotoArguments();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  public ClassifyImageCommand() {}

  @Override
  public Integer call() {
    if (top < 1) {
      throw Exit.wrongUsage(spec, "--top must be at least 1, got " + top);
    }
    if (plots != null && !truth) {
      throw Exit.wrongUsage(spec, "--plots draws the confusion matrix and needs --truth");
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<ImageSource> photos = arguments.sources(spec);
    JsonArray results = new JsonArray();
    boolean all = true;
    try (ImageClassifier classifier = open();
        TerminalBar bar = progress.start(photos.size())) {
      int shown = Math.min(top, classifier.labels().size());
      Judgement judgement = new Judgement(classifier.labels(), false);
      for (ImageSource photo : photos) {
        JsonObject result = new JsonObject();
        result.addProperty("image", photo.name());
        JsonElement error = JsonNull.INSTANCE;
        try {
          List<FaceAttribute.LabelScore> classes = classifier.classify(photo.load(), shown);
          if (truth && !judgement.add(Path.of(photo.name()), classes.get(0).label())) {
            err.println("facepipeline: " + photo.name() + ": its folder does not name a class");
          }
          out.println(photo.name());
          classes.forEach(
              c -> out.printf(Locale.ROOT, "  %6.2f %%  %s%n", 100 * c.probability(), c.label()));
          result.add("classes", Reports.tree(classes));
        } catch (RuntimeException e) {
          all = false;
          String problem = PhotoOptions.problem(photo.name(), e);
          error = Reports.tree(problem);
          err.println("facepipeline: " + problem);
        }
        result.add("error", error);
        results.add(result);
        bar.progress(results.size(), photos.size(), photo.name());
      }
      if (truth) {
        judgement.print(out, plots);
      }
    }
    if (json != null) {
      Reports.writeJson(json, results);
    }
    return Exit.code(all);
  }

  private ImageClassifier open() {
    // Before the catalog is asked, which knows ids alone.
    return Files.isRegularFile(Path.of(model))
        ? ImageClassifier.load(Path.of(model))
        : ImageClassifier.load(model, storeOptions.store(new DownloadProgress(false)).build());
  }
}
