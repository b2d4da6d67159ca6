/** Interfaces of services that other artifacts provide; programs need none of them. */
@NullMarked
package io.facepipeline.spi;

import org.jspecify.annotations.NullMarked;
