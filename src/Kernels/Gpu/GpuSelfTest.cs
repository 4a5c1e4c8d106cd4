namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// Runs every kernel once on a device and compares with the processor: drivers and their compilers have bugs, and a wrong
/// number is worse than none. The operands are small, odd in their sizes and always the same.
/// </summary>
internal static class GpuSelfTest
{
    /// <summary>All cases, or those whose names are wanted.</summary>
    public static IReadOnlyList<GpuSelfTestCase> Run(GpuDevice device, Func<string, bool>? wanted = null) =>
        Run(device, device.Facts.HasTensorCores ? GpuTile.All(DType.F32, onTensorCores: true) : [], wanted);

    /// <summary>The same with products on tensor cores, also where there are none.</summary>
    internal static IReadOnlyList<GpuSelfTestCase> RunWithTensorCores(
        GpuDevice device, Func<string, bool>? wanted = null) => Run(device, [GpuTile.SmallTensor], wanted);

    private static IReadOnlyList<GpuSelfTestCase> Run(GpuDevice device, GpuTile[] tensorTiles, Func<string, bool>? wanted)
    {
        using Arena.Pause outside = Arena.Outside();
        return new GpuSelfTestRun(device, tensorTiles, wanted).Everything();
    }

    /// <summary>The result in one line: how many cases passed, or the first that did not.</summary>
    public static string Sentence(IReadOnlyList<GpuSelfTestCase> cases)
    {
        List<GpuSelfTestCase> wrong = [.. cases.Where(found => !found.Passed)];
        return wrong.Count == 0 ? $"all {cases.Count} kernels agree with the processor."
            : $"{wrong.Count} of {cases.Count} kernels compute wrongly, the first: {wrong[0].Name}: {wrong[0].Message}";
    }

    /// <summary>
    /// Tests a device unless this device, with this driver and these kernels, has passed before; the verdict is kept in the
    /// user's cache folder. Throws <see cref="DeviceException"/> in one line when a kernel is wrong; <paramref name="note"/>
    /// hears of a test that runs.
    /// </summary>
    public static void Ensure(GpuDevice device, Action<string>? note = null) => Ensure(device, ProgramCache.Folder, note);

    internal static void Ensure(GpuDevice device, string folder, Action<string>? note = null)
    {
        string path = Path.Combine(folder, GpuSelfTestVerdict.FileName(device.Facts));
        if (GpuSelfTestVerdict.Read(path) is { Passed: true }) return;
        note?.Invoke($"{device}: comparing every kernel with the processor, once for this driver");
        IReadOnlyList<GpuSelfTestCase> cases = Run(device);
        bool passed = cases.All(found => found.Passed);
        string sentence = Sentence(cases);
        new GpuSelfTestVerdict(device.Facts.Name, device.Facts.Driver, passed, sentence).Write(path);
        if (!passed)
        {
            throw new DeviceException(
                $"{device}: {device.Facts.Name} with driver {device.Facts.Driver}: {sentence} Try another driver, or use --device cpu.");
        }
    }
}
