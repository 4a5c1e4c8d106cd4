using System.Text;

namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// An NVIDIA card through the CUDA driver, which every installation of NVIDIA's driver brings. Programs come from
/// <see cref="PtxArchive"/>; the driver compiles them for the card and keeps the result in its own cache.
/// </summary>
internal sealed unsafe class CudaDriver : GpuDriver
{
    // CUjit_option of cuda.h.
    private const int ErrorLog = 5;
    private const int ErrorLogBytes = 6;
    private const int LogBytes = 8192;

    /// <summary>Arguments of a launch at most, as in <see cref="Arguments"/>.</summary>
    private const int MostArguments = 64;

    // The limits of every card since compute capability 3.0.
    private const int MostGroups = int.MaxValue;
    private const int MostGroupsAcross = 65535;

    private readonly CudaApi api;
    private readonly nint context;
    private readonly nint stream;
    private readonly Dictionary<KernelProgram, nint> modules = [];
    private readonly Lock guard = new();
    private readonly Staging staging;

    public CudaDriver(CudaApi api, int device, GpuFacts facts)
    {
        this.api = api;
        Facts = facts;
        nint opened, queue;
        // The primary context is the one that other CUDA libraries of the process use as well.
        Check(api.RetainContext(&opened, device), $"opening {facts.Name}");
        context = opened;
        Enter();
        Check(api.CreateStream(&queue, 0), $"opening a stream of {facts.Name}");
        stream = queue;
        staging = new(Wait);
    }

    public override GpuFacts Facts { get; }

    public override bool CompilesText => false;

    public override nint Allocate(long bytes)
    {
        lock (guard)
        {
            Enter();
            ulong memory;
            int status = api.Allocate(&memory, (nuint)bytes);
            if (status == CudaStatus.OutOfMemory) return 0;
            Check(status, $"allocating {bytes} bytes");
            return (nint)memory;
        }
    }

    public override void Free(nint memory)
    {
        lock (guard)
        {
            // The driver waits here for kernels that may still use the memory. A status is of an earlier call, which reports it.
            api.SetContext(context);
            api.Free((ulong)memory);
        }
    }

    public override void Write(nint memory, ReadOnlySpan<byte> bytes)
    {
        lock (guard)
        {
            Enter();
            byte* kept = staging.Copy(bytes);
            fixed (byte* from = bytes)
            {
                Check(api.Write((ulong)memory, kept is null ? from : kept, (nuint)bytes.Length, stream), "copying to the device");
            }
            // The span may be reused when this returns; whether the driver has read it by itself depends on the memory it lies in.
            if (kept is null) Check(api.Synchronize(stream), "copying to the device");
        }
    }

    public override void Read(nint memory, Span<byte> bytes)
    {
        lock (guard)
        {
            Enter();
            fixed (byte* to = bytes)
            {
                Check(api.Read(to, (ulong)memory, (nuint)bytes.Length, stream), "copying from the device");
                Check(api.Synchronize(stream), "copying from the device");
            }
        }
    }

    public override nint Load(KernelProgram program, string entry)
    {
        lock (guard)
        {
            Enter();
            if (!modules.TryGetValue(program, out nint module)) modules[program] = module = LoadModule(program);
            nint function;
            fixed (byte* name = Encoding.ASCII.GetBytes(entry + '\0'))
            {
                Check(api.Function(&function, module, name), $"kernel {entry} of {program.Name}");
            }
            return function;
        }
    }

    public override void Launch(nint kernel, in Grid grid, Arguments arguments)
    {
        lock (guard)
        {
            if (grid.X > MostGroups || grid.Y > MostGroupsAcross || grid.Z > MostGroupsAcross)
            {
                throw new DeviceException($"gpu: CUDA: a kernel of {grid.X} × {grid.Y} × {grid.Z} groups; "
                    + $"at most {MostGroups} × {MostGroupsAcross} × {MostGroupsAcross} can run. Use a smaller batch.");
            }
            Enter();
            // The driver copies each argument out of our bytes before it returns; it knows the sizes from the kernel.
            void** places = stackalloc void*[MostArguments];
            for (int i = 0; i < arguments.Count; i++) places[i] = arguments.At(i);
            Check(api.Launch(kernel, (uint)grid.X, (uint)grid.Y, (uint)grid.Z, (uint)grid.Group, 1, 1, 0, stream, places, null),
                "running a kernel");
        }
    }

    public override void Wait()
    {
        lock (guard)
        {
            Enter();
            Check(api.Synchronize(stream), "waiting for the device");
        }
    }

    private nint LoadModule(KernelProgram program)
    {
        byte[] log = new byte[LogBytes];
        int* options = stackalloc int[2] { ErrorLog, ErrorLogBytes };
        void** values = stackalloc void*[2];
        nint module;
        int status;
        fixed (byte* ptx = PtxArchive.OfThisBuild.Find(program), to = log)
        {
            values[0] = to;
            values[1] = (void*)LogBytes;
            status = api.LoadModule(&module, ptx, 2, options, values);
        }
        if (status == 0) return module;
        string said = Encoding.UTF8.GetString(log).TrimEnd('\0').Trim().ReplaceLineEndings(" | ");
        Check(status, $"{Facts.Name}: kernel program {program.Name}{(said.Length == 0 ? "" : $" (the driver's log: {said})")}");
        return module;
    }

    /// <summary>Makes the context the calling thread's own: calls come from any thread, and each thread has its current one.</summary>
    private void Enter() => Check(api.SetContext(context), $"entering {Facts.Name}");

    private void Check(int status, string call) => CudaStatus.Check(status, call, api.Text);
}
