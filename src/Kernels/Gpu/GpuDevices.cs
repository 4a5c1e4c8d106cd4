namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// The devices that drivers of graphics processors offer on this machine, in the order gpu:0, gpu:1, …: real GPUs
/// first. A card of NVIDIA is there twice, first through CUDA.
/// </summary>
public static class GpuDevices
{
    private static readonly Lock Guard = new();
    private static readonly Dictionary<int, GpuDevice> Opened = [];
    private static (List<GpuFacts> Facts, List<Func<GpuDriver>> Open, List<string> Notes)? found;

    /// <summary>What is known of every device, usable or not.</summary>
    public static IReadOnlyList<GpuFacts> All => Found().Facts;

    /// <summary>Why a kind of driver offers nothing, one line each.</summary>
    public static IReadOnlyList<string> Notes => Found().Notes;

    /// <summary>Opens a device by its number; the same object each time. Throws with the reason when it cannot be used.</summary>
    public static GpuDevice Open(int index)
    {
        (List<GpuFacts> facts, List<Func<GpuDriver>> open, _) = Found();
        if (index < 0 || index >= facts.Count)
        {
            string known = facts.Count switch
            {
                0 => Nothing(),
                1 => "there is only gpu:0",
                int count => $"there are only gpu:0 to gpu:{count - 1}",
            };
            throw new DeviceException($"gpu:{index}: {known}. Ask 'minigrad devices', or use --device cpu.");
        }
        if (facts[index].Missing is { } missing)
        {
            throw new DeviceException($"gpu:{index}: {facts[index].Name} cannot be used: {missing}. Use --device cpu.");
        }
        lock (Guard)
        {
            if (!Opened.TryGetValue(index, out GpuDevice? device)) Opened[index] = device = new($"gpu:{index}", open[index]());
            return device;
        }
    }

    /// <summary>The same device once more, with memory, kernels and settings of its own.</summary>
    internal static GpuDevice OpenAnother(int index) => new($"gpu:{index}", Found().Open[index]());

    /// <summary>A device by its number, after the self-test that it needs once for each driver and version.</summary>
    public static GpuDevice Tested(int index, Action<string> note)
    {
        GpuDevice device = Open(index);
        GpuSelfTest.Ensure(device, note);
        return device;
    }

    /// <summary>
    /// The fastest GPU whose kernels are right; of those that fail, <paramref name="note"/> hears why. Throws when none is left.
    /// Processors that a driver offers must be named. Which is fastest is measured once for the drivers of a machine.
    /// </summary>
    /// <param name="needsTensorCores">Leaves out what offers none.</param>
    public static GpuDevice Best(Action<string> note, bool needsTensorCores = false)
    {
        int[] candidates = [.. Enumerable.Range(0, All.Count)
            .Where(i => All[i].IsGpu && All[i].Missing is null && (All[i].HasTensorCores || !needsTensorCores))];
        if (GpuChoice.Find(candidates) is { } known && Try(known, note, out _) is { } again) return again;
        List<GpuDevice> right = [];
        List<string> wrong = [];
        foreach (int i in candidates)
        {
            if (Try(i, note, out string? problem) is { } device) right.Add(device);
            else wrong.Add(problem!);
        }
        if (right.Count == 0)
        {
            string reason = wrong.Count > 0 ? string.Join("; ", wrong)
                : candidates.Length == 0 && needsTensorCores && All.Any(facts => facts.IsGpu
                    && facts.Missing is null) ? "no GPU here offers tensor cores, which need an NVIDIA card through CUDA" : Nothing();
            throw new DeviceException($"gpu: {reason.TrimEnd('.')}. Ask 'minigrad devices', or use --device cpu.");
        }
        if (right.Count == 1) return right[0];
        GpuDevice fastest = right.MinBy(GpuSpeed.Milliseconds)!;
        GpuChoice.Keep(candidates, candidates.First(i => ReferenceEquals(Open(i), fastest)));
        return fastest;
    }

    private static GpuDevice? Try(int index, Action<string> note, out string? problem)
    {
        try
        {
            problem = null;
            return Tested(index, note);
        }
        catch (DeviceException error)
        {
            note(problem = error.Message);
            return null;
        }
    }

    /// <summary>Why there is no GPU, in one line.</summary>
    public static string Nothing()
    {
        (List<GpuFacts> facts, _, List<string> notes) = Found();
        List<string> reasons = [.. notes];
        for (int i = 0; i < facts.Count; i++)
        {
            if (facts[i].Missing is { } missing) reasons.Add($"gpu:{i} {facts[i].Name}: {missing}");
            else if (!facts[i].IsGpu) reasons.Add($"gpu:{i} is a processor ({facts[i].Name}), which must be named to be used");
        }
        return reasons.Count == 0 ? "no driver offers a GPU" : string.Join("; ", reasons);
    }

    private static (List<GpuFacts> Facts, List<Func<GpuDriver>> Open, List<string> Notes) Found()
    {
        lock (Guard)
        {
            if (found is { } known) return known;
            List<string> notes = [];
            List<(GpuFacts Facts, Func<GpuDriver> Open)> devices =
                [.. CudaDevices.Find(notes), .. OpenClDevices.Find(notes).OrderBy(device => device.Facts.IsGpu ? 0 : 1)];
            found = ([.. devices.Select(device => device.Facts)], [.. devices.Select(device => device.Open)], notes);
            return found.Value;
        }
    }
}
