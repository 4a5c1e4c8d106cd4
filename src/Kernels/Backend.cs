using MiniGrad.Kernels.Cpu;
using MiniGrad.Kernels.Formulas;
using MiniGrad.Kernels.Reference;

namespace MiniGrad.Kernels;

/// <summary>
/// How numbers are computed on one kind of device: a handful of kernel families, generic in the formula. Outputs are
/// row-major unless said otherwise; shapes have been checked by the caller. No derivatives, no tensors.
/// </summary>
public abstract class Backend
{
    private static readonly CpuBackend Cpu = new();
    private static readonly ReferenceBackend Reference = new();

    /// <summary>
    /// The kernels for a device, with its <see cref="Computing"/> in force on this thread until kernels are asked for again: ask
    /// right before each kernel.
    /// </summary>
    /// <exception cref="DeviceException">Nobody has kernels for the device.</exception>
    public static Backend For(Device device)
    {
        if (device is CpuDevice processor)
        {
            Computing.Enter(processor.Settings);
            return processor.IsCpu ? Cpu : Reference;
        }
        return device is IBackendDevice own
            ? own.Backend
            : throw new DeviceException($"{device}: there are no kernels for this device. Use Device.Cpu.");
    }

    /// <summary>y = value, in any layout of y.</summary>
    public abstract void Fill(in View y, double value);

    /// <summary>y = x, converting between element types, in any layout of either.</summary>
    public abstract void Copy(in View x, in View y);

    /// <summary>y = f(x).</summary>
    public abstract void Map<F>(F formula, in View x, in View y) where F : struct, IFormula;

    /// <summary>y = f(a, b); a y of type Bool holds whether the result is not 0.</summary>
    public abstract void Zip<F>(F formula, in View a, in View b, in View y) where F : struct, IFormula2;

    /// <summary>y = mask ? a : b.</summary>
    public abstract void Select(in View mask, in View a, in View b, in View y);

    /// <summary>y [outer, inner] = the sum or maximum of x [outer, n, inner] over n. Sums of either type accumulate in double.</summary>
    public abstract void Reduce(Reduction reduction, in View x, in View y);

    /// <summary>
    /// y [outer, inner] (I32) = the first position of the maximum of x [outer, n, inner] over n; a NaN counts as the
    /// maximum.
    /// </summary>
    public abstract void ArgMax(in View x, in View y);

    /// <summary>y [o, i, m, n] = a [o, i, m, k] · c [o, i, k, n], any strides in a and c, neighbouring columns in y.</summary>
    public abstract void MatMul(in View a, in View c, in Epilogue epilogue, in View y);

    /// <summary>y [N, K, OutHeight, OutWidth] = the correlation of x with w, all row-major.</summary>
    public abstract void Conv(in ConvShape shape, in View x, in View w, in Epilogue epilogue, in View y);

    /// <summary>The adjoint of <see cref="Conv"/> in x; its epilogue has no shift.</summary>
    public abstract void ConvInput(in ConvShape shape, in View g, in View w, in Epilogue epilogue, in View dx);

    /// <summary>The adjoint of <see cref="Conv"/> in w.</summary>
    public abstract void ConvWeight(in ConvShape shape, in View x, in View g, in View dw);

    /// <summary>
    /// y [N, C, P] = a·ka + k0, or a·ka + b·kb + k0, with numbers ka, kb, k0 [C] for each channel; then its maximum
    /// with 0, when wanted.
    /// </summary>
    public abstract void ChannelBlend(in View a, in View ka, in View? b, in View? kb, in View k0, bool relu, in View y);

    /// <summary>sums [2, C] (F64) = Σ a and Σ a·b over images and pixels of [N, C, P].</summary>
    public abstract void ChannelSums(in View a, in View b, in View sums);

    /// <summary>y = softmax(scale · x) over the last axis, with a positive scale; y may be x. All operands row-major.</summary>
    public abstract void Softmax(double scale, in View x, in View y);

    /// <summary>The adjoint of <see cref="Softmax"/> at its result y: dx = scale · y · (g − Σ g·y); dx may be g.</summary>
    public abstract void SoftmaxAdjoint(double scale, in View y, in View g, in View dx);

    /// <summary>
    /// y [m] = log Σ eˣ of each row of x [m, n], row-major; with labels (I32 [m]) less the element there, which is the
    /// cross-entropy.
    /// </summary>
    public abstract void LogSumExp(in View x, in View? labels, in View y);

    /// <summary>The adjoint of <see cref="LogSumExp"/>: dx [m, n] = g · softmax(x), less g at the label.</summary>
    public abstract void LogSumExpAdjoint(in View x, in View? labels, in View g, in View dx);

    /// <summary>
    /// y = (x − mean) · r · scale + shift over the last axis, r = 1/√(variance + ε), all row-major; moments [m, 2] (F64), if
    /// given, become each row's mean and r.
    /// </summary>
    public abstract void NormalizeRows(in View x, in View? scale, in View? shift, double epsilon, in View y, in View? moments);

    /// <summary>
    /// The adjoint of <see cref="NormalizeRows"/> in x: dx = r · (u − mean u − x̂ · mean u·x̂), plus a sum, if given,
    /// with u = g · scale and x̂ = (x − mean) · r.
    /// </summary>
    public abstract void NormalizeRowsAdjoint(in View g, in View x, in View? scale, in View moments, in View? sum, in View dx);

    /// <summary>The largest of each window and its position in its plane (the first of equals).</summary>
    public abstract void MaxPool(in PoolShape shape, in View x, in View y, in View positions);

    /// <summary>The mean over each window.</summary>
    public abstract void AveragePool(PoolWindows windows, in View x, in View y);

    /// <summary>The adjoint of <see cref="AveragePool"/>.</summary>
    public abstract void AveragePoolAdjoint(PoolWindows windows, in View g, in View dx);

    /// <summary>y [o, m, i] = x [o, index[o, m, i], i], any strides in x and index.</summary>
    public abstract void Gather(in View x, in View index, in View y);

    /// <summary>y [o, n, i] += g [o, m, i] at index [o, m, i], in order of m; y is zeroed first.</summary>
    public abstract void ScatterAdd(in View g, in View index, in View y);

    /// <summary>
    /// y [N, C, h, w] = the images x [N, C, H, W] at points (column, row) [N, h, w] by bilinear interpolation, or its slope along
    /// columns or rows in the cell right of and below each point; outside the image is zero, or the image mirrored about the centres
    /// of its border pixels. All row-major. False where the device has no such kernel: gathers and weights then do it.
    /// </summary>
    public virtual bool BilinearSample(in View x, in View columns, in View rows, bool reflects, SampledPart part, in View y) => false;

    /// <summary>
    /// y [N, C, H, W] = the images x turned about their centres and moved: pixel p is the image at c + Rᵀ(p − c − t), as by
    /// <see cref="BilinearSample"/>. All row-major. False where the device has no such kernel.
    /// </summary>
    /// <param name="x">The images [N, C, H, W].</param>
    /// <param name="moves">Cosine, sine and shift to the right and down of each [N, 4].</param>
    /// <param name="clamps">Whether points outside move to the nearest border pixel.</param>
    /// <param name="reflects">Whether images are mirrored about their border pixels.</param>
    /// <param name="y">The result.</param>
    public virtual bool RotateShift(in View x, in View moves, bool clamps, bool reflects, in View y) => false;

    /// <summary>
    /// y [rows, n] (F32) = uniform numbers in [0, 1), each row with the bits of <see cref="Rng.Uniform(int)"/> for its
    /// key, keys [rows, 2] (I32); row-major.
    /// </summary>
    public abstract void Uniform(in View keys, in View y);
}

/// <summary>What is taken of an image between its pixels.</summary>
public enum SampledPart
{
    /// <summary>The value.</summary>
    Value,
    /// <summary>Its slope to the right.</summary>
    AlongColumns,
    /// <summary>Its slope downwards.</summary>
    AlongRows,
}

/// <summary>How a reduction combines numbers.</summary>
public enum Reduction
{
    /// <summary>Σ x.</summary>
    Sum,
    /// <summary>max x; NaN if any is.</summary>
    Max,
}
