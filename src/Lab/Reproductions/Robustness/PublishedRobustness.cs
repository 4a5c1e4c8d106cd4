namespace MiniGrad.Lab.Reproductions;

/// <summary>Numbers of papers and of their authors' pages; NaN where there is none.</summary>
internal static class PublishedRobustness
{
    /// <summary>
    /// Network, then ρ of DeepFool, of one FGSM step and of L-BFGS in L2, and of DeepFool and FGSM in L∞: arXiv:1511.04599.
    /// </summary>
    public static IReadOnlyList<(string Network, double[] Values)> Distances(string dataSet) => dataSet == "cifar-10"
        ?
        [
            ("NIN, CIFAR-10 (error 11.5 %)", [0.023, 0.12, 0.024, 0.008, 0.024]),
            ("LeNet, CIFAR-10 (22.6 %)", [0.030, 0.13, 0.039, 0.015, 0.028]),
        ]
        :
        [
            ("LeNet, MNIST (error 1 %)", [0.20, 1.0, 0.25, 0.10, 0.26]),
            ("FC500-150-10, MNIST (1.7 %)", [0.11, 0.39, 0.12, 0.04, 0.11]),
        ];

    /// <summary>
    /// Network, then mean and deviation of β at the dimensions of <see cref="RobustSetting.Divisors"/>: Fawzi et al., NeurIPS 2016.
    /// </summary>
    public static IReadOnlyList<(string Network, (double Mean, double Deviation)[] Betas)> Betas { get; } =
    [
        ("LeNet, MNIST", [(1.00, 0.06), (1.01, 0.12), (1.03, 0.20), (1.01, 0.26), (1.05, 0.34)]),
        ("LeNet, CIFAR-10", [(1.01, 0.03), (1.02, 0.07), (1.04, 0.10), (1.06, 0.14), (1.10, 0.19)]),
        ("VGG-F, ImageNet", [(1.00, 0.01), (1.02, 0.02), (1.03, 0.04), (1.03, 0.05), (1.04, 0.06)]),
        ("VGG-19, ImageNet", [(1.00, 0.01), (1.02, 0.03), (1.02, 0.05), (1.03, 0.06), (1.04, 0.08)]),
    ];

    /// <summary>Fooling in per cent on ImageNet within 10/255, on the network that it was made for and, as a range, on others.</summary>
    public static IReadOnlyList<(string Network, double Own, double Least, double Most)> Universal { get; } =
    [
        ("VGG-F", 93.7, 42.1, 71.8), ("CaffeNet", 93.3, 39.9, 74.0), ("GoogLeNet", 78.9, 39.2, 46.2), ("VGG-16", 78.3, 55.8, 73.1),
        ("VGG-19", 77.8, 53.6, 73.5), ("ResNet-152", 84.0, 45.5, 50.5),
    ];

    /// <summary>
    /// Network, then accuracies in per cent: clean, FGSM, PGD, PGD with restarts, the lowest listed. From the pages of the two challenges
    /// and the paper of AutoAttack.
    /// </summary>
    public static IReadOnlyList<(string Network, double[] Values)> Ladder(string dataSet) => dataSet switch
    {
        "cifar-10" =>
        [
            ("Madry, CIFAR-10 challenge, 8/255 (20 steps, 10 restarts)", [87.14, 55.55, 47.04, 45.21, 43.95]),
            ("CURE, WRN-28-10, 8/255 (reported 41.4)", [83.11, double.NaN, 41.4, double.NaN, 38.50]),
            ("Wong, ResNet-18, 8/255 (reported 46.06)", [83.34, double.NaN, 46.06, double.NaN, 43.21]),
            ("Jin and Rinard, 8/255 (reported 71.22)", [90.84, double.NaN, 71.22, double.NaN, 1.35]),
        ],
        "mnist" =>
        [
            ("Madry, MNIST challenge, 0.3 (100 steps, 50 restarts)", [98.53, 96.36, 92.52, 89.62, 88.00]),
            ("TRADES, SmallCNN, 0.3 (reported 95.60)", [99.48, double.NaN, 95.60, double.NaN, 92.81]),
            ("Gowal, 0.3 (reported 96.38)", [99.26, double.NaN, 96.38, double.NaN, 96.34]),
            ("Taghanaki, 0.3 (reported 64.25)", [98.86, double.NaN, 64.25, double.NaN, 0.00]),
        ],
        _ => [],
    };

    /// <summary>What is published of a network that was given by its file, or of its kind; nothing where neither is known.</summary>
    public static string KindOf(string weights) => weights switch
    {
        "trades_mnist_smallcnn" => "the network of the row TRADES",
        "fast_pgd_madry" => "another network, trained by others in the setting of the row Madry",
        "fast_fgsm" => "another network, trained by others with one step and a random start at the radius of the row Madry",
        "mnist_cnn_a_adv" or "MadryCNN_no_maxpool_tiny" => "a smaller network, trained by others in the manner of the row Madry",
        "cifar_conv_small_pgd" or "cifar_cnn_a_adv" or "cifar_cnn_a_mix" or "vit_pgd_2_3_16" =>
            "a far smaller network, trained by others in the manner of the row Madry, at a radius that its source does not give",
        "resnet2b" or "resnet4b" => "trained by others at 2/255, a quarter of the radius here",
        "lenet-lite-mnist-at" or "resnet8-cifar-at" => "a smaller network of our own, trained in the manner of the row Madry",
        "lenet-lite-mnist-trades" => "a smaller network of our own, trained in the manner of the row TRADES",
        _ => "",
    };
}
