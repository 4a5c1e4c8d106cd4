// What a product or convolution does to a result on its way to memory: y = max(0, y + shift + residual), then 0 where
// the gate is not positive. Missing parts are null. Residual and gate lie as y does.
#define FINISH_PARAMETERS __global const REAL* shift, long shift0, __global const REAL* residual, long residual0, __global const REAL* gate, long gate0, int rectify

#define FINISHED(value, number, place) \
    REAL value_ = value; \
    if (shift) value_ += shift[shift0 + (number)]; \
    if (residual) value_ += residual[residual0 + (place)]; \
    if (rectify && value_ < 0) value_ = 0; \
    if (gate && gate[gate0 + (place)] <= 0) value_ = 0;
