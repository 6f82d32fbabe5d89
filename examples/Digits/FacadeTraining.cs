using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Digits;

/// <summary>Training as PyTorch users write it.</summary>
public static class FacadeTraining
{
    /// <summary>The network: 64 pixels, 256 hidden units, 10 digits.</summary>
    public static nn.Sequential Model(dtype type)
    {
        var model = new nn.Sequential(new nn.Linear(64, 256), new nn.Tanh(), new nn.Linear(256, 10));
        model.to(type);
        return model;
    }

    /// <summary>Trains the model on the batches.</summary>
    /// <param name="model">The network.</param>
    /// <param name="train">The images.</param>
    /// <param name="order">The rows of every batch, epoch by epoch.</param>
    /// <param name="options">The optimiser.</param>
    /// <param name="report">Receives the epoch and its mean loss.</param>
    public static void Run(nn.Sequential model, Images train, Tensor[][] order, Options options, Action<int, double> report)
    {
        optim.Optimizer optimizer = options.Optimizer == "adam" ? new optim.Adam(model.parameters(), lr: 5e-3) : new optim.SGD(model.parameters(), lr: 0.2, momentum: 0.9);
        var loss = new nn.CrossEntropyLoss();
        for (var epoch = 0; epoch < order.Length; epoch++)
        {
            var total = 0.0;
            foreach (var rows in order[epoch])
            {
                optimizer.zero_grad();
                var error = loss.call(model.call(train.Pixels.index_select(0, rows)), train.Labels.index_select(0, rows));
                error.backward();
                optimizer.step();
                total += error.item<double>() * rows.shape[0];
            }
            report(epoch, total / train.Labels.shape[0]);
        }
    }

    /// <summary>The digits that the model reads.</summary>
    public static long[] Read(nn.Sequential model, Images images)
    {
        using (no_grad()) return model.call(images.Pixels).argmax(1).data<long>();
    }
}
