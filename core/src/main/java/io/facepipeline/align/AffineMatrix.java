package io.facepipeline.align;

/** A map (x, y) to (a x + b y + tx, c x + d y + ty). */
public record AffineMatrix(double a, double b, double tx, double c, double d, double ty) {
  /** The inverse map. */
  public AffineMatrix inverse() {
    double det = a * d - b * c;
    double ia = d / det;
    double ib = -b / det;
    double ic = -c / det;
    double id = a / det;
    return new AffineMatrix(ia, ib, -(ia * tx + ib * ty), ic, id, -(ic * tx + id * ty));
  }

  public double mapX(double x, double y) {
    return a * x + b * y + tx;
  }

  public double mapY(double x, double y) {
    return c * x + d * y + ty;
  }

  boolean isUsable() {
    double det = a * d - b * c;
    return Double.isFinite(det)
        && Math.abs(det) > 1e-9
        && Math.abs(det) < 1e9
        && Double.isFinite(tx)
        && Double.isFinite(ty);
  }
}
