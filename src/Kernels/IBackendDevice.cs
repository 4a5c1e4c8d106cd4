namespace MiniGrad.Kernels;

/// <summary>A device that brings its own kernels.</summary>
public interface IBackendDevice
{
    /// <summary>The kernels that compute on the device.</summary>
    Backend Backend { get; }
}
