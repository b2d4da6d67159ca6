/** Attributes of faces and pictures: expression, liveness, and ImageNet's classes. */
@NullMarked
package io.facepipeline.attributes;

import org.jspecify.annotations.NullMarked;
