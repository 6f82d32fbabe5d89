using System.Runtime.InteropServices;
using System.Text;

namespace Functional.Autograd.Cuda;

/// <summary>The NVIDIA driver, bound directly through its C API (https://docs.nvidia.com/cuda/cuda-driver-api/). The library is looked for at run time, so this loads anywhere.</summary>
public static unsafe class CudaDriver
{
    private static readonly Lazy<Driver> Loaded = new(Driver.Load);

    /// <summary>How many GPUs the driver offers; 0 without a driver.</summary>
    public static int DeviceCount => Loaded.Value.Count;

    /// <summary>Why there is no GPU; null when there is one.</summary>
    public static string? Reason => Loaded.Value.Reason;

    /// <summary>The name of a GPU.</summary>
    /// <param name="device">Its number, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such GPU; the message says why.</exception>
    public static string DeviceName(int device)
    {
        var driver = Loaded.Value;
        if ((uint)device >= (uint)driver.Count)
            throw new ArgumentOutOfRangeException(nameof(device), device, driver.Reason ?? $"there are {driver.Count} GPUs");
        int handle;
        Driver.Check(driver.Get(&handle, device), "cuDeviceGet");
        var name = stackalloc byte[256];
        Driver.Check(driver.Name(name, 256, handle), "cuDeviceGetName");
        return Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
    }

    private sealed class Driver
    {
        public int Count;
        public string? Reason;
        public delegate* unmanaged<int*, int, int> Get;
        public delegate* unmanaged<byte*, int, int, int> Name;

        public static Driver Load()
        {
            var driver = new Driver();
            var file = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
            if (!NativeLibrary.TryLoad(file, out var library))
            {
                driver.Reason = $"the NVIDIA driver ({file}) is not installed";
                return driver;
            }
            var status = ((delegate* unmanaged<uint, int>)NativeLibrary.GetExport(library, "cuInit"))(0);
            int count = 0;
            if (status == 0) status = ((delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "cuDeviceGetCount"))(&count);
            driver.Get = (delegate* unmanaged<int*, int, int>)NativeLibrary.GetExport(library, "cuDeviceGet");
            driver.Name = (delegate* unmanaged<byte*, int, int, int>)NativeLibrary.GetExport(library, "cuDeviceGetName");
            driver.Count = count;
            driver.Reason = status != 0 ? $"the NVIDIA driver answers with error {status}" : count == 0 ? "the NVIDIA driver finds no GPU" : null;
            return driver;
        }

        public static void Check(int status, string call)
        {
            if (status != 0) throw new InvalidOperationException($"{call} failed with CUDA error {status}");
        }
    }
}
