namespace MiniGrad.Kernels.Gpu;

/// <summary>What the self-test found of one kernel.</summary>
/// <param name="Name">Kernel, variant and element type.</param>
/// <param name="WorstError">The largest difference from the processor's result in parts of what rounding allows; at most 1
/// where the case passed.</param>
/// <param name="Message">Empty where the case passed, else one line.</param>
internal sealed record GpuSelfTestCase(string Name, bool Passed, double WorstError, string Message);
