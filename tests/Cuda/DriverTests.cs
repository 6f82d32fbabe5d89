using Functional.Autograd.Cuda;

namespace Cuda;

public class DriverTests
{
    [Fact]
    public void Every_device_has_a_name_and_their_absence_has_a_reason()
    {
        var count = CudaDriver.DeviceCount;
        Assert.Equal(count == 0, CudaDriver.Reason is not null);
        for (var device = 0; device < count; device++) Assert.NotEmpty(CudaDriver.DeviceName(device));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => CudaDriver.DeviceName(count));
        Assert.Contains(CudaDriver.Reason ?? $"there are {count} GPUs", error.Message);
    }
}
