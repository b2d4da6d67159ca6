/** The catalog of published models, as data that anybody can extend. */
@NullMarked
package io.facepipeline.onnx.catalog;

import org.jspecify.annotations.NullMarked;
