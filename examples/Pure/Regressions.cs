using System.Globalization;
using System.IO.Compression;
using Functional.Autograd;
using Functional.Autograd.Numerics;
using static Functional.Autograd.Ops;

namespace Pure;

internal static class Regressions
{
    // Statistical Reference Datasets, https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml: Misra1a (dental research, adsorption) …
    private static readonly double[] MisraX = [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0];
    private static readonly double[] MisraY = [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78];

    // … and Thurber (semiconductor electron mobility over the logarithm of density).
    private static readonly double[] ThurberX =
    [
        -3.067, -2.981, -2.921, -2.912, -2.840, -2.797, -2.702, -2.699, -2.633, -2.481, -2.363, -2.322, -1.501, -1.460, -1.274, -1.212, -1.100, -1.046, -0.915,
        -0.714, -0.566, -0.545, -0.400, -0.309, -0.109, -0.103, 0.010, 0.119, 0.377, 0.790, 0.963, 1.006, 1.115, 1.572, 1.841, 2.047, 2.200,
    ];

    private static readonly double[] ThurberY =
    [
        80.574, 84.248, 87.264, 87.195, 89.076, 89.608, 89.868, 90.101, 92.405, 95.854, 100.696, 101.060, 401.672, 390.724, 567.534, 635.316, 733.054, 759.087, 894.206,
        990.785, 1090.109, 1080.914, 1122.643, 1178.351, 1260.531, 1273.514, 1288.339, 1327.543, 1353.863, 1414.509, 1425.208, 1421.384, 1442.962, 1464.350, 1468.705, 1447.894, 1457.628,
    ];

    // Certified parameters and sums of squares, to eleven digits: at the certified parameters the data give the certified sum, and from the far start the fit gives both.
    public static (string, double, double) Certified()
    {
        var (x, y, u, v) = (Tensor(MisraX), Tensor(MisraY), Tensor(ThurberX), Tensor(ThurberY));
        Node Misra(Node b) => b[0] * (1 - Exp(-b[1] * x)) - y;
        Node Thurber(Node b) => (b[0] + u * (b[1] + u * (b[2] + u * b[3]))) / (1 + u * (b[4] + u * (b[5] + u * b[6]))) - v;
        (Func<Node, Node> Residuals, Node Start, double[] Parameters, double Squares)[] cases =
        [
            (Misra, Tensor([500, 0.0001]), [2.3894212918e2, 5.5015643181e-4], 1.2455138894e-1),
            (Thurber, Tensor([1000, 1000, 400, 40, 0.7, 0.3, 0.03]), [1.2881396800e3, 1.4910792535e3, 5.8323836877e2, 7.5416644291e1, 9.6629502864e-1, 3.9797285797e-1, 4.9727297349e-2], 5.6427082397e3),
        ];
        var (off, steps) = (0.0, new List<long>());
        foreach (var (residuals, start, parameters, squares) in cases)
        {
            var found = LevenbergMarquardt.Minimize(residuals, start, 1e-12).Checked();
            steps.Add(Transforms.Evaluate<long>(found.Iterations)[0]);
            double[] given = [.. Transforms.Evaluate<double>(found.X), 2 * Transforms.Evaluate<double>(found.Value)[0], Transforms.Evaluate<double>(Sum(Square(residuals(Tensor(parameters)))))[0]];
            off = Math.Max(off, given.Zip([.. parameters, squares, squares], (g, w) => Math.Abs(g / w - 1)).Aggregate(0.0, Math.Max));
        }
        return ($"{string.Join(" and ", steps)} steps to the certified parameters", off, 1e-9);
    }

    // Ten classes with a penalty on the weights, over the first 1,400 images. The loss at the minimum was found apart, by PyTorch with Newton's method and whole Hessians: 0.235239132940204, 1,380 right there and 360 of the other 397.
    public static (string, double, double) Digits()
    {
        const int seen = 1400;
        using var packed = typeof(Regressions).Assembly.GetManifestResourceStream("digits.csv.gz")!;
        using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        double[][] rows = [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray())];
        var pixels = Tensor<double>([.. rows.SelectMany(r => r[..64]).Select(p => p / 16)], [rows.Length, 64]);
        var digits = Tensor<long>([.. rows.Select(r => (long)r[64])], rows.Length);
        Node Logits((Node W, Node B) p, Node images) => MatMul(images, p.W) + p.B;
        Node Loss((Node W, Node B) p) => CrossEntropy(Logits(p, pixels[..seen]), digits[..seen]) + 0.5e-3 * Sum(Square(p.W));
        var (start, back) = Tree.Ravel((Zeros([64, 10]), Zeros(10)));
        var found = Lbfgs.Minimize(v => Loss(back(v)), start, 1e-9).Checked();
        var right = Transforms.Evaluate<bool>(Equal(ArgMax(Logits(back(found.X), pixels), 1), digits));
        var (train, test) = (right[..seen].Count(r => r), right[seen..].Count(r => r));
        var off = Math.Abs(Transforms.Evaluate<double>(found.Value)[0] - 0.235239132940204) + Math.Abs(train - 1380) + Math.Abs(test - 360);
        return ($"{Transforms.Evaluate<long>(found.Iterations)[0]} steps, gradient {Transforms.Evaluate<double>(found.GradientNorm)[0]:0.0e+00}, {test} of {rows.Length - seen} right", off, 1e-12);
    }
}
