package io.facepipeline.training.embedder;

import io.facepipeline.FacePipelineException;
import io.facepipeline.training.identity.IdentityLoss;
import io.facepipeline.training.identity.LogitLoss;
import io.facepipeline.training.identity.Objective;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how people are told apart by name. */
final class IdentityOptions {
  private static final double USUAL_FOCUS = 2;
  private static final String INDENT = " ".repeat(19);
  private static final int MOST_CHARACTERS = 57;

  @Option(
      names = {"--identity", "--head"},
      paramLabel = "HEAD",
      description =
          "also train on the people's names, from the files' folders or the sheets' tables, with"
              + " one of the heads below: ${COMPLETION-CANDIDATES}")
  private @Nullable Objective head;

  @Option(
      names = "--head-parameter",
      paramLabel = "NAME=X",
      description = "a parameter of the head that differs from its paper's; may be repeated")
  private Map<String, Double> parameters = new LinkedHashMap<>();

  @Option(
      names = "--identity-weight",
      paramLabel = "X",
      defaultValue = "0.1",
      description =
          "the weight of the identity loss beside the teacher's embeddings; default:"
              + " ${DEFAULT-VALUE}")
  private double weight;

  @Option(
      names = "--loss",
      paramLabel = "LOSS",
      defaultValue = "CROSS_ENTROPY",
      description =
          "what the head's logits are judged by, see below: ${COMPLETION-CANDIDATES}; default:"
              + " ${DEFAULT-VALUE}")
  private LogitLoss loss = LogitLoss.CROSS_ENTROPY;

  @Option(
      names = "--focus",
      paramLabel = "X",
      description = "the focus of FOCAL or BATCH_FOCAL; default: 2, as in their sources")
  private @Nullable Double focus;

  @Option(
      names = "--center-weight",
      paramLabel = "X",
      defaultValue = "0",
      description =
          "the weight of the center loss (0.003 in its paper); default: ${DEFAULT-VALUE}, none")
  private double centerWeight;

  /** {@return the choice, or null if names are not learned} */
  IdentityLesson.@Nullable Choice choice() {
    if (!(weight > 0)) {
      throw new FacePipelineException("--identity-weight must be more than 0, got " + weight);
    }
    if (focus != null && loss == LogitLoss.CROSS_ENTROPY) {
      throw new FacePipelineException(
          "--focus " + focus + " needs --loss FOCAL or --loss BATCH_FOCAL");
    }
    if (head == null) {
      if (!parameters.isEmpty() || loss != LogitLoss.CROSS_ENTROPY || centerWeight != 0) {
        throw new FacePipelineException(
            "--head-parameter, --loss and --center-weight need people's names; choose a --head");
      }
      return null;
    }
    double usual = loss == LogitLoss.CROSS_ENTROPY ? 0 : USUAL_FOCUS;
    IdentityLoss.Recipe recipe =
        new IdentityLoss.Recipe(
            head, parameters, loss, focus == null ? usual : focus, centerWeight);
    return new IdentityLesson.Choice(recipe, weight);
  }

  /** {@return what each head and loss is, for the help} */
  static String[] explained() {
    List<String> lines =
        new ArrayList<>(
            List.of("%nHeads, and the parameters of their papers or their authors' code:"));
    for (Objective head : Objective.values()) {
      lines.add("  %-16s %s".formatted(head, head.summary()));
      String line = "";
      for (Map.Entry<String, Double> parameter : head.defaults().entrySet()) {
        String value = parameter.getKey() + " " + number(parameter.getValue());
        if (line.length() + value.length() > MOST_CHARACTERS) {
          lines.add(INDENT + line + ",");
          line = "";
        }
        line += (line.isEmpty() ? "" : ", ") + value;
      }
      if (!line.isEmpty()) {
        lines.add(INDENT + line);
      }
    }
    lines.add("%nLosses:");
    for (LogitLoss kind : LogitLoss.values()) {
      lines.add("  %-16s %s".formatted(kind, kind.summary()));
    }
    return lines.toArray(String[]::new);
  }

  private static String number(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }
}
