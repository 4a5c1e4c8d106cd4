namespace MiniGrad.Kernels;

/// <summary>A device that brings its own kernels.</summary>
public interface IBackendDevice
{
    Backend Backend { get; }
}
