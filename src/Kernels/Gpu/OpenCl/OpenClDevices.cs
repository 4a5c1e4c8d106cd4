using System.Runtime.InteropServices;
using System.Text;

namespace MiniGrad.Kernels.Gpu;

/// <summary>Finds the devices that OpenCL offers on this machine.</summary>
internal static unsafe class OpenClDevices
{
    private const ulong AllKinds = 0xFFFFFFFF;
    private const uint PlatformName = 0x0902;
    private const ulong GpuKind = 4;

    private static readonly string[] Loaders = OperatingSystem.IsWindows() ? ["OpenCL.dll"]
        : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"]
        : ["libOpenCL.so.1", "libOpenCL.so"];

    /// <summary>Libraries that containers often mount without a loader.</summary>
    private static readonly string[] Vendors = OperatingSystem.IsLinux() ? ["libnvidia-opencl.so.1", "libamdocl64.so", "libigdrcl.so"] : [];

    /// <summary>Every device, and in words why there are none where there are none.</summary>
    public static List<(GpuFacts Facts, Func<GpuDriver> Open)> Find(List<string> notes) => Find(Loaders, Vendors, notes);

    internal static List<(GpuFacts Facts, Func<GpuDriver> Open)> Find(string[] loaders, string[] vendors, List<string> notes)
    {
        List<(GpuFacts Facts, Func<GpuDriver> Open)> found = [];
        bool loaded = false;
        foreach (string name in loaders)
        {
            if (!NativeLibrary.TryLoad(name, out nint library)) continue;
            loaded = true;
            Add(name, OpenClApi.OfLoader, library);
            break;
        }
        // A loader may know a processor only, while a container's GPU comes without an entry for the loader.
        if (found.Exists(device => device.Facts.IsGpu)) return found;
        foreach (string name in vendors)
        {
            if (!NativeLibrary.TryLoad(name, out nint library)) continue;
            loaded = true;
            Add(name, OpenClApi.OfVendor, library);
        }
        if (!loaded) notes.Add($"OpenCL: no driver ({string.Join(" or ", loaders)} not found); install the one of the GPU's vendor");
        else if (found.Count == 0)
        {
            notes.Add("OpenCL: the loader is there, but no driver offers a device; install the one of the GPU's vendor");
        }
        return found;

        // One broken library must not hide what the others offer.
        void Add(string name, Func<nint, IEnumerable<(OpenClApi Api, nint Platform)>> read, nint library)
        {
            try
            {
                foreach ((OpenClApi api, nint platform) in read(library)) AddDevices(found, api, platform, notes);
            }
            catch (Exception error) when (error is EntryPointNotFoundException or DeviceException)
            {
                notes.Add($"OpenCL: {name} is too old or broken: {error.Message.ReplaceLineEndings(" ").TrimEnd('.')}");
            }
        }
    }

    private static void AddDevices(List<(GpuFacts Facts, Func<GpuDriver> Open)> found, OpenClApi api, nint platform, List<string> notes)
    {
        uint count = 0;
        int status = api.GetDevices(platform, AllKinds, 0, null, &count);
        string name = Text(api, platform, PlatformName, isPlatform: true);
        if (status != 0 || count == 0)
        {
            notes.Add($"OpenCL: platform {name} offers no device: {OpenClStatus.Sentence(status == 0 ? OpenClStatus.NoDevice : status)}");
            return;
        }
        nint[] devices = new nint[count];
        fixed (nint* to = devices) OpenClStatus.Check(api.GetDevices(platform, AllKinds, count, to, null), "clGetDeviceIDs");
        foreach (nint device in devices)
        {
            GpuFacts facts = Facts(api, name, device);
            found.Add((facts, () => new OpenClDriver(api, device, facts)));
        }
    }

    private static GpuFacts Facts(OpenClApi api, string platform, nint device)
    {
        long Number(uint what)
        {
            long value = 0;
            return api.GetDeviceInfo(device, what, sizeof(long), &value, null) == 0 ? value : 0;
        }
        long single = Number(0x101B);
        string version = Text(api, device, 0x102F);
        bool available = Number(0x1027) != 0;
        bool compiles = Number(0x1028) != 0;
        return new GpuFacts(
            "OpenCL", platform, Text(api, device, 0x102B).Trim(), Text(api, device, 0x102D) + ", " + version,
            Memory: Number(0x101F), LargestBlock: Number(0x1010), LocalMemory: Number(0x1023), LargestGroup: (int)Number(0x1004),
            ComputeUnits: (int)Number(0x1002), IsGpu: (Number(0x1000) & (long)GpuKind) != 0,
            HasDoubles: Number(0x1032) != 0 || Text(api, device, 0x1030).Contains("cl_khr_fp64", StringComparison.Ordinal),
            RoundsDivision: (single & (1 << 7)) != 0, HasTensorCores: false,
            Missing: !available ? "the driver says that it is not available" : !compiles ? "the driver has no compiler" : null).Judged();
    }

    private static string Text(OpenClApi api, nint of, uint what, bool isPlatform = false)
    {
        nuint size = 0;
        if ((isPlatform ? api.GetPlatformInfo(of, what, 0, null, &size) : api.GetDeviceInfo(of, what, 0, null, &size)) != 0 || size == 0)
        {
            return "";
        }
        byte[] bytes = new byte[size];
        fixed (byte* to = bytes)
        {
            int status = isPlatform ? api.GetPlatformInfo(of, what, size, to, null) : api.GetDeviceInfo(of, what, size, to, null);
            return status == 0 ? Encoding.UTF8.GetString(bytes).TrimEnd('\0') : "";
        }
    }
}
