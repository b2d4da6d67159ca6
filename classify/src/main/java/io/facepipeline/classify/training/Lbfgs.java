package io.facepipeline.classify.training;

import io.facepipeline.classify.file.Vectors;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Minimises a smooth, strongly convex function with limited memory (Nocedal 1980; Nocedal and
 * Wright, "Numerical Optimization", algorithms 7.4 and 3.1).
 */
public final class Lbfgs {
  private static final int MEMORY = 10;
  private static final int MAX_ITERATIONS = 1000;
  private static final int MAX_HALVINGS = 50;
  private static final double SUFFICIENT_DECREASE = 1e-4;
  private static final double TOLERANCE = 1e-6;

  private Lbfgs() {}

  /** A function of many variables. */
  public interface Objective {
    /** Returns the value at a point and overwrites the gradient with that at the point. */
    double at(double[] point, double[] gradient);
  }

  /** A step, by how much the gradient changed along it, and one over their product. */
  private static final class Step {
    private final double[] move;
    private final double[] change;
    private final double rho;
    private double alpha;

    Step(double[] move, double[] change, double product) {
      this.move = move;
      this.change = change;
      this.rho = 1 / product;
    }
  }

  /** The point where the gradient's length is at most a millionth of what it was at the start. */
  public static double[] minimize(Objective objective, double[] start) {
    double[] point = start.clone();
    double[] gradient = new double[point.length];
    double value = objective.at(point, gradient);
    double enough = TOLERANCE * Math.sqrt(Vectors.dot(gradient, gradient));
    Deque<Step> steps = new ArrayDeque<>();
    for (int i = 0; i < MAX_ITERATIONS; i++) {
      double length = Math.sqrt(Vectors.dot(gradient, gradient));
      if (length <= enough) {
        break;
      }
      double[] direction = direction(gradient, steps);
      double slope = Vectors.dot(direction, gradient);
      double size = steps.isEmpty() ? Math.min(1, 1 / length) : 1;
      double[] next = new double[point.length];
      double[] nextGradient = new double[point.length];
      double nextValue = value;
      boolean lower = false;
      for (int h = 0; h < MAX_HALVINGS && !lower; h++, size /= 2) {
        for (int d = 0; d < next.length; d++) {
          next[d] = point[d] + size * direction[d];
        }
        nextValue = objective.at(next, nextGradient);
        lower = nextValue <= value + SUFFICIENT_DECREASE * size * slope;
      }
      if (!lower) {
        // The function is flat to the last digit.
        break;
      }
      remember(steps, difference(next, point), difference(nextGradient, gradient));
      point = next;
      gradient = nextGradient;
      value = nextValue;
    }
    return point;
  }

  private static void remember(Deque<Step> steps, double[] move, double[] change) {
    double product = Vectors.dot(move, change);
    if (product > 0) {
      steps.addLast(new Step(move, change, product));
      if (steps.size() > MEMORY) {
        steps.removeFirst();
      }
    }
  }

  /** The gradient times the approximate inverse of the Hessian, downwards. */
  private static double[] direction(double[] gradient, Deque<Step> steps) {
    double[] q = gradient.clone();
    for (Iterator<Step> newestFirst = steps.descendingIterator(); newestFirst.hasNext(); ) {
      Step step = newestFirst.next();
      step.alpha = step.rho * Vectors.dot(step.move, q);
      add(q, step.change, -step.alpha);
    }
    if (!steps.isEmpty()) {
      Step last = steps.getLast();
      double scale = 1 / (last.rho * Vectors.dot(last.change, last.change));
      for (int d = 0; d < q.length; d++) {
        q[d] *= scale;
      }
    }
    for (Step step : steps) {
      double beta = step.rho * Vectors.dot(step.change, q);
      add(q, step.move, step.alpha - beta);
    }
    for (int d = 0; d < q.length; d++) {
      q[d] = -q[d];
    }
    return q;
  }

  private static void add(double[] to, double[] what, double times) {
    for (int d = 0; d < to.length; d++) {
      to[d] += times * what[d];
    }
  }

  private static double[] difference(double[] a, double[] b) {
    double[] difference = new double[a.length];
    for (int d = 0; d < a.length; d++) {
      difference[d] = a[d] - b[d];
    }
    return difference;
  }
}
