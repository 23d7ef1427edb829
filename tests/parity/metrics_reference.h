// What scikit-learn says about a table of scores. Made by metrics_reference.py with scikit-learn 1.2.1,
// scipy 1.10.1 and numpy 1.24.2.
#pragma once

#include <math.h>
#include <stdint.h>

// clang-format off
enum { REFERENCE_QUANTILES = 6, REFERENCE_COUNTS = 4 };
static const double reference_q[] = {0.0, 0.05, 0.5, 0.95, 0.999, 1.0};
static const int64_t reference_count[] = {1, 5, 10, 1000};

static const float separated_score[] = {
    0x0p+0f, 0x1.58ed24p-6f, 0x1.58ed24p-5f, 0x1.02b1dap-4f, 0x1.58ed24p-4f, 0x1.af286cp-4f, 0x1.02b1dap-3f,
    0x1.2dcf7ep-3f, 0x1.58ed24p-3f, 0x1.840ac8p-3f, 0x1.af286cp-3f, 0x1.da461p-3f, 0x1.02b1dap-2f, 0x1.1840acp-2f,
    0x1.2dcf7ep-2f, 0x1.435e5p-2f, 0x1.58ed24p-2f, 0x1.6e7bf6p-2f, 0x1.840ac8p-2f, 0x1.99999ap-2f, 0x1p-1f,
    0x1.19999ap-1f, 0x1.333334p-1f, 0x1.4cccccp-1f, 0x1.666666p-1f, 0x1.8p-1f, 0x1.99999ap-1f, 0x1.b33334p-1f,
    0x1.ccccccp-1f,
};
static const int8_t separated_positive[] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1,
};
static const float separated_other[] = {
    0x1p+2f, 0x1.02b1dap+0f, 0x1.82b1dap+1f, 0x1.840ac8p+1f, 0x1.02b1dap+2f, 0x1.0d7944p+0f, 0x1.02b1dap-4f,
    0x1.12dcf8p+0f, 0x1.0ac76ap+1f, 0x1.0c2056p+1f, 0x1.af286cp-4f, 0x1.076918p+2f, 0x1.02b1dap-3f, 0x1.08c206p+2f,
    0x1.2dcf7ep-3f, 0x1.9435e4p+1f, 0x1.158ed2p+1f, 0x1.96e7cp+1f, 0x1.0c2056p+2f, 0x1.0cccccp+2f, 0x1p-2f,
    0x1.19999ap-2f, 0x1.333334p-2f, 0x1.a9999ap+1f, 0x1.666666p-2f, 0x1.3p+1f, 0x1.99999ap-2f, 0x1.6cccccp+0f,
    0x1.1cccccp+2f,
};

static const float one_swap_score[] = {
    0x0p+0f, 0x1p-6f, 0x1p-5f, 0x1.8p-5f, 0x1p-4f, 0x1.4p-4f, 0x1.8p-4f, 0x1.cp-4f, 0x1p-3f, 0x1.2p-3f, 0x1.4p-3f,
    0x1.6p-3f, 0x1.8p-3f, 0x1.ap-3f, 0x1.cp-3f, 0x1.ep-3f, 0x1p-2f, 0x1.1p-2f, 0x1.2p-2f, 0x1.3p-2f, 0x1.4p-2f,
    0x1.5p-2f, 0x1.6p-2f, 0x1.7p-2f, 0x1.8p-2f, 0x1.9p-2f, 0x1.ap-2f, 0x1.bp-2f, 0x1.cp-2f, 0x1.dp-2f, 0x1.ep-2f,
    0x1.fp-2f, 0x1p-1f, 0x1.08p-1f, 0x1.1p-1f, 0x1.18p-1f, 0x1.2p-1f, 0x1.28p-1f, 0x1.3p-1f, 0x1.38p-1f,
};
static const int8_t one_swap_positive[] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1,
    1, 1,
};
static const float one_swap_other[] = {
    0x1p+0f, 0x1.81p+1f, 0x1.82p+1f, 0x1.8p-6f, 0x1.84p+1f, 0x1.4p-5f, 0x1.0cp+0f, 0x1.cp-5f, 0x1p-4f, 0x1.048p+2f,
    0x1.05p+2f, 0x1.058p+2f, 0x1.0cp+1f, 0x1.1ap+0f, 0x1.8ep+1f, 0x1.ep-4f, 0x1.08p+2f, 0x1.1p-3f, 0x1.09p+2f,
    0x1.93p+1f, 0x1.28p+0f, 0x1.95p+1f, 0x1.96p+1f, 0x1.97p+1f, 0x1.3p+0f, 0x1.99p+1f, 0x1.9ap+1f, 0x1.0d8p+2f,
    0x1.9cp+1f, 0x1.3ap+0f, 0x1.9ep+1f, 0x1.3ep+0f, 0x1.4p+0f, 0x1.42p+0f, 0x1.22p+1f, 0x1.a3p+1f, 0x1.24p+1f,
    0x1.25p+1f, 0x1.a6p+1f, 0x1.a7p+1f,
};

static const float reversed_score[] = {
    0x1p+0f, 0x1.e9bd38p-1f, 0x1.d37a7p-1f, 0x1.bd37a6p-1f, 0x1.a6f4dep-1f, 0x1.90b216p-1f, 0x1.7a6f4ep-1f,
    0x1.642c86p-1f, 0x1.4de9bep-1f, 0x1.37a6f4p-1f, 0x1.21642cp-1f, 0x1.0b2164p-1f, 0x1.e9bd38p-2f, 0x1.bd37a6p-2f,
    0x1.90b216p-2f, 0x1.642c86p-2f, 0x1.37a6f4p-2f, 0x1.0b2164p-2f, 0x1.bd37a6p-3f, 0x1.642c86p-3f, 0x1.0b2164p-3f,
    0x1.642c86p-4f, 0x1.642c86p-5f, 0x0p+0f,
};
static const int8_t reversed_positive[] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
};
static const float reversed_other[] = {
    0x1.4p+1f, 0x1.e9bd38p-2f, 0x1.1d37a8p+2f, 0x1.b7a6f4p+1f, 0x1.69bd38p+0f, 0x1.642c86p+0f, 0x1.17a6f4p+2f,
    0x1.ac859p+1f, 0x1.14de9cp+2f, 0x1.137a7p+2f, 0x1.121642p+2f, 0x1.a1642cp+1f, 0x1.9e9bd4p+1f, 0x1.bd37a6p-3f,
    0x1.0c859p+2f, 0x1.9642c8p+1f, 0x1.37a6f4p-3f, 0x1.10b216p+1f, 0x1.0de9bep+1f, 0x1.8b2164p+1f, 0x1.08590cp+1f,
    0x1.8590b2p+1f, 0x1.01642cp+2f, 0x1p+2f,
};

static const float continuous_score[] = {
    0x1.d222fep-8f, 0x1.0cc0c4p-4f, 0x1.725b6ep-6f, 0x1.4c8f48p-6f, 0x1.a05a48p-6f, 0x1.ae0cd4p-6f, 0x1.a17872p-5f,
    0x1.cd99d2p-7f, 0x1.727a18p-5f, 0x1.9ed6d2p-5f, 0x1.45b82ap-6f, 0x1.a7a706p-6f, 0x1.9df8dcp-9f, 0x1.153e26p-6f,
    0x1.ae0956p-7f, 0x1.ab3b0cp-4f, 0x1.602396p-4f, 0x1.3f881ap-4f, 0x1.053652p-4f, 0x1.abbceap-9f, 0x1.90be4cp-5f,
    0x1.f52bdp-5f, 0x1.6324bep-9f, 0x1.a9d694p-5f, 0x1.b7397ep-7f, 0x1.beb12ap-6f, 0x1.b08bbap-8f, 0x1.4e1e74p-5f,
    0x1.2e3abcp-6f, 0x1.3e9a1cp-5f, 0x1.ccb8fap-7f, 0x1.4a1d6p-5f, 0x1.f0d658p-4f, 0x1.b0deap-5f, 0x1.37ef3ap-7f,
    0x1.92d18p-5f, 0x1.6789e4p-4f, 0x1.64701ep-5f, 0x1.861c54p-6f, 0x1.6ad3fcp-4f, 0x1.c657fap-6f, 0x1.0b7e5ap-6f,
    0x1.9c11dp-7f, 0x1.238da8p-4f, 0x1.2aa3c6p-5f, 0x1.8af5ccp-5f, 0x1.5b219ep-5f, 0x1.2ab344p-5f, 0x1.18bcdap-4f,
    0x1.00a96ap-6f, 0x1.e99722p-5f, 0x1.07c10ap-3f, 0x1.604686p-5f, 0x1.14185cp-5f, 0x1.1486c4p-6f, 0x1.786bd4p-6f,
    0x1.4dbad4p-4f, 0x1.6dce6p-5f, 0x1.8ad8b2p-6f, 0x1.2573dep-5f, 0x1.b62682p-6f, 0x1.5f62cap-6f, 0x1.140574p-6f,
    0x1.16c1a6p-3f, 0x1.5de54p-5f, 0x1.a7fd82p-6f, 0x1.d5aedep-9f, 0x1.fc3e64p-6f, 0x1.71b98ap-6f, 0x1.888b7p-7f,
    0x1.400912p-5f, 0x1.3ad712p-4f, 0x1.9ab7a2p-5f, 0x1.cdbe1ep-5f, 0x1.402458p-5f, 0x1.119112p-4f, 0x1.140bdp-4f,
    0x1.54d8c8p-7f, 0x1.0fc16cp-5f, 0x1.dc3f1p-5f, 0x1.bcd9cp-5f, 0x1.9e4a8p-4f, 0x1.2560bcp-5f, 0x1.6d7fe4p-5f,
    0x1.88f916p-6f, 0x1.ed8f02p-5f, 0x1.0d4c46p-8f, 0x1.20af1ap-4f, 0x1.1b1474p-8f, 0x1.5aa6p-7f, 0x1.e25ad2p-5f,
    0x1.1486b8p-6f, 0x1.d41b62p-7f, 0x1.854bdap-5f, 0x1.9ffa66p-5f, 0x1.e504dp-6f, 0x1.af1936p-6f, 0x1.536f58p-7f,
    0x1.841892p-6f, 0x1.318516p-4f, 0x1.bfe21ap-8f, 0x1.934cb6p-4f, 0x1.e83a6p-8f, 0x1.88fec6p-7f, 0x1.2bd2dcp-6f,
    0x1.7a89c8p-5f, 0x1.8f98d8p-5f, 0x1.27f59cp-7f, 0x1.35896cp-4f, 0x1.8b8148p-5f, 0x1.ef06dcp-5f, 0x1.ebc744p-9f,
    0x1.1fad5ep-5f, 0x1.cbe9bep-6f, 0x1.ad3ec2p-6f, 0x1.1cad62p-4f, 0x1.da82eep-6f, 0x1.1ea5a4p-6f, 0x1.d42248p-7f,
    0x1.1363e2p-6f, 0x1.596938p-7f, 0x1.c4c4d2p-5f, 0x1.4cf8fcp-6f, 0x1.274a12p-6f, 0x1.3e9bfep-5f, 0x1.632066p-4f,
    0x1.caa81ap-6f, 0x1.225d58p-6f, 0x1.2b4ef6p-4f, 0x1.84d07ep-4f, 0x1.90f926p-7f, 0x1.18bf94p-5f, 0x1.b3e0acp-7f,
    0x1.28e1d2p-4f, 0x1.0af0a6p-4f, 0x1.fa041ap-5f, 0x1.55083ep-5f, 0x1.573c76p-6f, 0x1.ff37fap-5f, 0x1.98b4ep-5f,
    0x1.97e282p-4f, 0x1.1a37d4p-4f, 0x1.23825ap-4f, 0x1.fe19dap-7f, 0x1.0ca42cp-6f, 0x1.de19e8p-5f, 0x1.543ff6p-7f,
    0x1.0daeaap-7f, 0x1.eb8796p-5f, 0x1.03f892p-4f, 0x1.4bbcc2p-4f, 0x1.85856ep-7f, 0x1.8dbbdcp-4f, 0x1.c42b2ep-6f,
    0x1.2340a4p-6f, 0x1.ac8b08p-5f, 0x1.6f2498p-4f, 0x1.520ca8p-5f, 0x1.16c838p-5f, 0x1.cee9a6p-5f, 0x1.ea9ca8p-7f,
    0x1.1e2feep-6f, 0x1.355224p-5f, 0x1.828c56p-4f, 0x1.286d14p-5f, 0x1.fd8ec6p-5f, 0x1.3de32ep-5f, 0x1.1df8b4p-6f,
    0x1.e76beep-6f, 0x1.11ab1ap-6f, 0x1.6c14bcp-5f, 0x1.5443a2p-5f, 0x1.f4261ap-5f, 0x1.403268p-3f, 0x1.00443cp-4f,
    0x1.34e154p-6f, 0x1.3fd554p-4f, 0x1.b339e4p-6f, 0x1.3f0456p-7f, 0x1.44375cp-5f, 0x1.007a2ap-4f, 0x1.c56118p-5f,
    0x1.493012p-6f, 0x1.51fca2p-5f, 0x1.7fa23cp-4f, 0x1.f61ee4p-5f, 0x1.a79c8p-5f, 0x1.04cadap-5f, 0x1.78d6fap-4f,
    0x1.2dc346p-5f, 0x1.0b8234p-6f, 0x1.1689d8p-7f, 0x1.6d1dc2p-6f, 0x1.e3963ep-5f, 0x1.974262p-5f, 0x1.40451ep-6f,
    0x1.e5126p-6f, 0x1.8b1628p-5f, 0x1.4d73c2p-5f, 0x1.2ec2bep-5f,
};
static const int8_t continuous_positive[] = {
    0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0,
    0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0,
    0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
    0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
};
static const float continuous_other[] = {
    0x1.d222fep-9f, 0x1.021982p+2f, 0x1.81725cp+1f, 0x1.02991ep+0f, 0x1.01a05ap+1f, 0x1.00d706p+2f, 0x1.01a178p+2f,
    0x1.01cd9ap+0f, 0x1.05c9e8p+0f, 0x1.033daep+1f, 0x1.45b82ap-7f, 0x1.00d3d4p+2f, 0x1.0033cp+1f, 0x1.008aap+2f,
    0x1.ae0956p-8f, 0x1.06acecp+1f, 0x1.85808ep+1f, 0x1.04fe2p+1f, 0x1.020a6cp+2f, 0x1.006afp+0f, 0x1.03217cp+1f,
    0x1.07d4bp+0f, 0x1.0058cap+0f, 0x1.01a9d6p+2f, 0x1.01b73ap+0f, 0x1.beb12ap-7f, 0x1.003612p+2f, 0x1.05387ap+0f,
    0x1.00971ep+2f, 0x1.827d34p+1f, 0x1.00732ep+2f, 0x1.052876p+0f, 0x1.87c35ap+1f, 0x1.b0deap-6f, 0x1.0137fp+0f,
    0x1.8325a4p+1f, 0x1.02cf14p+2f, 0x1.64701ep-6f, 0x1.81861cp+1f, 0x1.0b56ap+0f, 0x1.00e32cp+2f, 0x1.0085cp+2f,
    0x1.006704p+2f, 0x1.048e36p+1f, 0x1.04aa9p+0f, 0x1.8315ecp+1f, 0x1.82b644p+1f, 0x1.025566p+1f, 0x1.02317ap+2f,
    0x1.00a96ap-7f, 0x1.83d32ep+1f, 0x1.07c10ap-4f, 0x1.05811ap+0f, 0x1.14185cp-6f, 0x1.008a44p+2f, 0x1.81786cp+1f,
    0x1.0a6dd6p+0f, 0x1.02db9cp+1f, 0x1.8ad8b2p-7f, 0x1.024ae8p+1f, 0x1.b62682p-7f, 0x1.015f62p+1f, 0x1.02280ap+0f,
    0x1.116c1ap+0f, 0x1.82bbcap+1f, 0x1.034ffcp+0f, 0x1.d5aedep-10f, 0x1.fc3e64p-7f, 0x1.02e374p+0f, 0x1.01888cp+0f,
    0x1.050024p+0f, 0x1.84eb5cp+1f, 0x1.03357p+1f, 0x1.cdbe1ep-6f, 0x1.028048p+1f, 0x1.044644p+1f, 0x1.022818p+2f,
    0x1.00aa6cp+1f, 0x1.821f82p+1f, 0x1.01dc4p+2f, 0x1.bcd9cp-6f, 0x1.0cf254p+0f, 0x1.01256p+2f, 0x1.05b6p+0f,
    0x1.00c47cp+2f, 0x1.83db1ep+1f, 0x1.004354p+1f, 0x1.02415ep+2f, 0x1.008d8ap+0f, 0x1.5aa6p-8f, 0x1.03c4b6p+1f,
    0x1.008a44p+2f, 0x1.d41b62p-8f, 0x1.854bdap-6f, 0x1.019ffap+2f, 0x1.03ca0ap+0f, 0x1.af1936p-7f, 0x1.00a9b8p+1f,
    0x1.841892p-7f, 0x1.84c614p+1f, 0x1.bfe21ap-9f, 0x1.0c9a66p+0f, 0x1.807a0ep+1f, 0x1.00c48p+1f, 0x1.2bd2dcp-7f,
    0x1.7a89c8p-6f, 0x1.018f98p+2f, 0x1.0049fep+2f, 0x1.84d626p+1f, 0x1.062e06p+0f, 0x1.03de0ep+1f, 0x1.001ebcp+2f,
    0x1.1fad5ep-6f, 0x1.00e5f4p+2f, 0x1.01ad3ep+1f, 0x1.0472b6p+1f, 0x1.da82eep-7f, 0x1.811ea6p+1f, 0x1.01d422p+0f,
    0x1.1363e2p-7f, 0x1.80acb4p+1f, 0x1.071314p+0f, 0x1.014cf8p+1f, 0x1.274a12p-7f, 0x1.04fa7p+0f, 0x1.858c82p+1f,
    0x1.81caa8p+1f, 0x1.00912ep+2f, 0x1.84ad3cp+1f, 0x1.0c2684p+0f, 0x1.00643ep+2f, 0x1.82318p+1f, 0x1.006cf8p+2f,
    0x1.28e1d2p-5f, 0x1.085786p+0f, 0x1.03f408p+1f, 0x1.02aa1p+1f, 0x1.573c76p-7f, 0x1.01ff38p+2f, 0x1.83316ap+1f,
    0x1.0cbf14p+0f, 0x1.1a37d4p-5f, 0x1.024704p+2f, 0x1.01fe1ap+0f, 0x1.0ca42cp-7f, 0x1.03bc34p+1f, 0x1.00551p+2f,
    0x1.00436cp+2f, 0x1.01eb88p+2f, 0x1.0207f2p+2f, 0x1.852ef4p+1f, 0x1.018586p+0f, 0x1.0636fp+1f, 0x1.c42b2ep-7f,
    0x1.01234p+1f, 0x1.06b22cp+0f, 0x1.05bc92p+1f, 0x1.520ca8p-6f, 0x1.022d9p+1f, 0x1.01ceeap+2f, 0x1.00f54ep+1f,
    0x1.008f18p+2f, 0x1.355224p-6f, 0x1.860a32p+1f, 0x1.8250dap+1f, 0x1.fd8ec6p-6f, 0x1.013de4p+2f, 0x1.1df8b4p-7f,
    0x1.03ced8p+0f, 0x1.0088d6p+2f, 0x1.02d82ap+1f, 0x1.05510ep+0f, 0x1.07d098p+0f, 0x1.8a0194p+1f, 0x1.020088p+2f,
    0x1.34e154p-7f, 0x1.84ff56p+1f, 0x1.00d99cp+2f, 0x1.3f0456p-8f, 0x1.014438p+2f, 0x1.0803d2p+0f, 0x1.038ac2p+1f,
    0x1.81493p+1f, 0x1.82a3fap+1f, 0x1.02ff44p+2f, 0x1.f61ee4p-6f, 0x1.834f38p+1f, 0x1.820996p+1f, 0x1.05e35cp+1f,
    0x1.825b86p+1f, 0x1.021704p+0f, 0x1.01168ap+0f, 0x1.6d1dc2p-7f, 0x1.01e396p+2f, 0x1.032e84p+1f, 0x1.014046p+1f,
    0x1.81e512p+1f, 0x1.83162cp+1f, 0x1.0535dp+0f, 0x1.025d86p+1f,
};

static const float tied_score[] = {
    0x1.99999ap-5f, 0x1.99999ap-5f, 0x1.1eb852p-4f, 0x1.47ae14p-7f, 0x1.99999ap-5f, 0x1.47ae14p-6f, 0x1.99999ap-5f,
    0x1.47ae14p-7f, 0x1.47ae14p-4f, 0x1.47ae14p-6f, 0x1.1eb852p-3f, 0x1.1eb852p-4f, 0x1.eb851ep-6f, 0x1.99999ap-5f,
    0x1.47ae14p-4f, 0x1.eb851ep-5f, 0x1.47ae14p-7f, 0x1.c28f5cp-4f, 0x1.eb851ep-6f, 0x1.47ae14p-7f, 0x1.47ae14p-5f,
    0x1.eb851ep-6f, 0x1.99999ap-5f, 0x1.eb851ep-5f, 0x1.eb851ep-6f, 0x1.eb851ep-6f, 0x1.47ae14p-5f, 0x1.47ae14p-5f,
    0x1.eb851ep-6f, 0x1.eb851ep-6f, 0x1.99999ap-5f, 0x1.99999ap-5f, 0x1.47ae14p-4f, 0x1.47ae14p-4f, 0x1.eb851ep-6f,
    0x1.47ae14p-6f, 0x1.47ae14p-7f, 0x1.99999ap-4f, 0x1.47ae14p-6f, 0x1.47ae14p-6f, 0x1.eb851ep-6f, 0x0p+0f,
    0x1.47ae14p-5f, 0x1.eb851ep-6f, 0x1.47ae14p-5f, 0x1.eb851ep-6f, 0x1.1eb852p-4f, 0x1.47ae14p-7f, 0x1.eb851ep-6f,
    0x1.47ae14p-6f, 0x1.99999ap-5f, 0x1.eb851ep-5f, 0x1.47ae14p-5f, 0x1.eb851ep-6f, 0x1.99999ap-5f, 0x1.1eb852p-4f,
    0x1.47ae14p-4f, 0x1.47ae14p-4f, 0x1.47ae14p-7f, 0x1.eb851ep-5f, 0x1.eb851ep-6f, 0x1.47ae14p-5f, 0x1.eb851ep-5f,
    0x1.eb851ep-5f, 0x1.99999ap-5f, 0x1.47ae14p-6f, 0x1.47ae14p-5f, 0x1.47ae14p-6f, 0x1.47ae14p-6f, 0x1.eb851ep-5f,
    0x1.99999ap-5f, 0x1.47ae14p-6f, 0x1.47ae14p-5f, 0x1.47ae14p-5f, 0x1.eb851ep-6f, 0x1.99999ap-5f, 0x1.70a3d8p-4f,
    0x1.99999ap-5f, 0x1.eb851ep-5f, 0x1.eb851ep-5f, 0x1.47ae14p-7f, 0x1.47ae14p-6f, 0x1.1eb852p-4f, 0x1.47ae14p-6f,
    0x1.99999ap-5f, 0x1.47ae14p-4f, 0x1.47ae14p-6f, 0x1.1eb852p-4f, 0x1.47ae14p-5f, 0x1.47ae14p-5f, 0x1.70a3d8p-4f,
    0x1.47ae14p-6f, 0x1.eb851ep-6f, 0x1.eb851ep-6f, 0x1.47ae14p-5f, 0x1.47ae14p-5f, 0x1.99999ap-5f, 0x1.47ae14p-5f,
    0x1.1eb852p-4f, 0x1.47ae14p-7f, 0x1.47ae14p-6f, 0x1.47ae14p-5f, 0x1.eb851ep-5f, 0x1.1eb852p-4f, 0x1.47ae14p-6f,
    0x1.eb851ep-6f, 0x1.47ae14p-7f, 0x1.47ae14p-7f, 0x1.99999ap-5f, 0x1.1eb852p-4f, 0x1.47ae14p-6f, 0x1.47ae14p-7f,
    0x1.47ae14p-4f, 0x1.eb851ep-6f, 0x1.47ae14p-6f, 0x1.1eb852p-3f, 0x1.eb851ep-6f, 0x1.47ae14p-7f, 0x1.eb851ep-6f,
    0x1.eb851ep-4f, 0x1.47ae14p-7f, 0x1.eb851ep-6f, 0x1.99999ap-5f, 0x1.0a3d7p-3f, 0x1.99999ap-5f, 0x1.99999ap-5f,
    0x1.1eb852p-4f, 0x1.47ae14p-5f, 0x1.47ae14p-6f, 0x1.1eb852p-4f, 0x1.47ae14p-7f, 0x1.47ae14p-4f, 0x1.eb851ep-6f,
    0x1.eb851ep-5f, 0x1.47ae14p-5f, 0x1.c28f5cp-4f, 0x1.47ae14p-7f, 0x1.47ae14p-6f, 0x1.47ae14p-6f, 0x1.47ae14p-5f,
    0x1.47ae14p-7f, 0x1.47ae14p-6f, 0x1.c28f5cp-4f, 0x1.eb851ep-6f, 0x1.1eb852p-4f, 0x1.eb851ep-6f, 0x1.eb851ep-6f,
    0x1.47ae14p-6f, 0x1.47ae14p-6f, 0x1.47ae14p-7f, 0x1.1eb852p-4f, 0x1.1eb852p-4f, 0x0p+0f, 0x1.47ae14p-6f,
    0x1.47ae14p-7f, 0x1.eb851ep-5f, 0x1.eb851ep-5f, 0x1.eb851ep-5f, 0x1.47ae14p-4f, 0x1.47ae14p-5f, 0x1.eb851ep-6f,
    0x1.eb851ep-6f, 0x1.eb851ep-5f, 0x1.1eb852p-3f, 0x1.47ae14p-5f, 0x1.333334p-3f, 0x1.47ae14p-6f, 0x1.99999ap-5f,
    0x1.47ae14p-6f, 0x1.99999ap-4f, 0x1.eb851ep-6f, 0x1.47ae14p-6f, 0x1.eb851ep-6f, 0x1.47ae14p-6f, 0x1.47ae14p-6f,
    0x1.47ae14p-5f, 0x1.47ae14p-5f, 0x1.47ae14p-4f, 0x1.1eb852p-4f, 0x1.99999ap-5f, 0x1.99999ap-5f, 0x1.eb851ep-6f,
    0x1.47ae14p-5f, 0x0p+0f, 0x1.47ae14p-5f, 0x1.99999ap-4f, 0x1.47ae14p-5f, 0x1.1eb852p-4f, 0x1.eb851ep-4f,
    0x1.0a3d7p-3f, 0x1.eb851ep-4f, 0x1.eb851ep-6f, 0x1.99999ap-5f, 0x1.99999ap-5f, 0x1.eb851ep-6f, 0x1.eb851ep-4f,
    0x1.47ae14p-7f, 0x1.47ae14p-6f, 0x1.47ae14p-7f, 0x1.1eb852p-4f,
};
static const int8_t tied_positive[] = {
    1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1,
    0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1,
    0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0,
    0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0,
    0, 0, 0, 1, 0, 0, 0, 0, 0, 1,
};
static const float tied_other[] = {
    0x1.99999ap-6f, 0x1.99999ap-6f, 0x1.1eb852p-5f, 0x1.0051ecp+2f, 0x1.066666p+0f, 0x1.0147aep+1f, 0x1.833334p+1f,
    0x1.0051ecp+2f, 0x1.47ae14p-5f, 0x1.0147aep+1f, 0x1.11eb86p+0f, 0x1.847ae2p+1f, 0x1.03d70ap+0f, 0x1.99999ap-6f,
    0x1.0a3d7p+0f, 0x1.83d70ap+1f, 0x1.80a3d8p+1f, 0x1.870a3ep+1f, 0x1.01eb86p+1f, 0x1.0051ecp+2f, 0x1.028f5cp+1f,
    0x1.eb851ep-7f, 0x1.033334p+1f, 0x1.01eb86p+2f, 0x1.03d70ap+0f, 0x1.eb851ep-7f, 0x1.028f5cp+1f, 0x1.47ae14p-6f,
    0x1.01eb86p+1f, 0x1.01eb86p+1f, 0x1.01999ap+2f, 0x1.833334p+1f, 0x1.0a3d7p+0f, 0x1.028f5cp+2f, 0x1.00f5c2p+2f,
    0x1.028f5cp+0f, 0x1.0147aep+0f, 0x1.0cccccp+0f, 0x1.00a3d8p+2f, 0x1.47ae14p-7f, 0x1.00f5c2p+2f, 0x1p+1f,
    0x1.0147aep+2f, 0x1.81eb86p+1f, 0x1.828f5cp+1f, 0x1.01eb86p+1f, 0x1.023d7p+2f, 0x1.80a3d8p+1f, 0x1.01eb86p+1f,
    0x1.00a3d8p+2f, 0x1.066666p+0f, 0x1.eb851ep-6f, 0x1.828f5cp+1f, 0x1.01eb86p+1f, 0x1.033334p+1f, 0x1.1eb852p-5f,
    0x1.0a3d7p+0f, 0x1.851eb8p+1f, 0x1.00a3d8p+1f, 0x1.03d70ap+1f, 0x1.01eb86p+1f, 0x1.0147aep+2f, 0x1.83d70ap+1f,
    0x1.01eb86p+2f, 0x1.99999ap-6f, 0x1.0147aep+1f, 0x1.028f5cp+1f, 0x1.47ae14p-7f, 0x1.0147aep+1f, 0x1.eb851ep-6f,
    0x1.033334p+1f, 0x1.47ae14p-7f, 0x1.0147aep+2f, 0x1.47ae14p-6f, 0x1.00f5c2p+2f, 0x1.066666p+0f, 0x1.02e148p+2f,
    0x1.01999ap+2f, 0x1.07ae14p+0f, 0x1.eb851ep-6f, 0x1.0147aep+0f, 0x1.47ae14p-7f, 0x1.047ae2p+1f, 0x1.0147aep+1f,
    0x1.99999ap-6f, 0x1.051eb8p+1f, 0x1.00a3d8p+2f, 0x1.023d7p+2f, 0x1.051eb8p+0f, 0x1.028f5cp+1f, 0x1.70a3d8p-5f,
    0x1.47ae14p-7f, 0x1.01eb86p+1f, 0x1.81eb86p+1f, 0x1.0147aep+2f, 0x1.051eb8p+0f, 0x1.833334p+1f, 0x1.47ae14p-6f,
    0x1.023d7p+2f, 0x1.0051ecp+2f, 0x1.8147aep+1f, 0x1.828f5cp+1f, 0x1.eb851ep-6f, 0x1.847ae2p+1f, 0x1.00a3d8p+2f,
    0x1.00f5c2p+2f, 0x1.00a3d8p+1f, 0x1.0147aep+0f, 0x1.033334p+1f, 0x1.047ae2p+1f, 0x1.47ae14p-7f, 0x1.00a3d8p+1f,
    0x1.0a3d7p+0f, 0x1.eb851ep-7f, 0x1.47ae14p-7f, 0x1.047ae2p+2f, 0x1.81eb86p+1f, 0x1.47ae14p-8f, 0x1.00f5c2p+2f,
    0x1.03d70ap+2f, 0x1.0051ecp+2f, 0x1.eb851ep-7f, 0x1.99999ap-6f, 0x1.0851ecp+1f, 0x1.833334p+1f, 0x1.99999ap-6f,
    0x1.023d7p+2f, 0x1.828f5cp+1f, 0x1.0147aep+1f, 0x1.023d7p+2f, 0x1.0147aep+0f, 0x1.0a3d7p+0f, 0x1.00f5c2p+2f,
    0x1.07ae14p+0f, 0x1.051eb8p+0f, 0x1.070a3ep+1f, 0x1.80a3d8p+1f, 0x1.47ae14p-7f, 0x1.028f5cp+0f, 0x1.0147aep+2f,
    0x1.47ae14p-8f, 0x1.0147aep+1f, 0x1.070a3ep+1f, 0x1.81eb86p+1f, 0x1.08f5c2p+0f, 0x1.eb851ep-7f, 0x1.eb851ep-7f,
    0x1.00a3d8p+2f, 0x1.47ae14p-7f, 0x1.00a3d8p+1f, 0x1.08f5c2p+0f, 0x1.08f5c2p+0f, 0x1p+1f, 0x1.0147aep+1f,
    0x1.47ae14p-8f, 0x1.01eb86p+2f, 0x1.07ae14p+0f, 0x1.03d70ap+1f, 0x1.051eb8p+1f, 0x1.0147aep+2f, 0x1.00f5c2p+2f,
    0x1.00f5c2p+2f, 0x1.83d70ap+1f, 0x1.11eb86p+0f, 0x1.051eb8p+0f, 0x1.333334p-4f, 0x1.028f5cp+0f, 0x1.99999ap-6f,
    0x1.0147aep+1f, 0x1.033334p+2f, 0x1.01eb86p+1f, 0x1.8147aep+1f, 0x1.03d70ap+0f, 0x1.00a3d8p+2f, 0x1.47ae14p-7f,
    0x1.828f5cp+1f, 0x1.828f5cp+1f, 0x1.851eb8p+1f, 0x1.023d7p+2f, 0x1.066666p+0f, 0x1.066666p+0f, 0x1.01eb86p+1f,
    0x1.0147aep+2f, 0x1p+0f, 0x1.051eb8p+0f, 0x1.99999ap-5f, 0x1.828f5cp+1f, 0x1.1eb852p-5f, 0x1.87ae14p+1f,
    0x1.0851ecp+1f, 0x1.07ae14p+1f, 0x1.01eb86p+1f, 0x1.833334p+1f, 0x1.066666p+0f, 0x1.00f5c2p+2f, 0x1.0f5c28p+0f,
    0x1.0051ecp+2f, 0x1.028f5cp+0f, 0x1.80a3d8p+1f, 0x1.047ae2p+1f,
};

static const float heavily_tied_score[] = {
    0x1.99999ap-4f, 0x1.99999ap-4f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x1.99999ap-4f, 0x1.99999ap-4f,
    0x1.99999ap-4f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x1.99999ap-4f, 0x1.99999ap-4f, 0x0p+0f,
    0x1.99999ap-4f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x1.99999ap-4f, 0x0p+0f,
    0x1.99999ap-4f, 0x0p+0f, 0x0p+0f, 0x1.99999ap-4f, 0x0p+0f, 0x0p+0f, 0x1.99999ap-4f, 0x1.99999ap-4f,
    0x1.99999ap-4f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x1.99999ap-4f, 0x1.99999ap-4f, 0x0p+0f, 0x1.99999ap-4f, 0x0p+0f,
    0x0p+0f, 0x1.99999ap-4f, 0x0p+0f, 0x1.99999ap-4f, 0x1.99999ap-4f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f,
    0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x1.99999ap-4f, 0x0p+0f,
    0x0p+0f, 0x1.99999ap-4f, 0x0p+0f, 0x0p+0f, 0x1.99999ap-4f, 0x1.99999ap-4f, 0x1.99999ap-3f, 0x1.99999ap-4f,
    0x0p+0f, 0x1.99999ap-4f, 0x1.99999ap-4f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x1.99999ap-4f, 0x0p+0f, 0x0p+0f,
    0x0p+0f, 0x0p+0f, 0x1.99999ap-4f, 0x0p+0f, 0x1.99999ap-4f, 0x0p+0f, 0x1.99999ap-4f, 0x0p+0f, 0x0p+0f,
    0x1.99999ap-4f, 0x1.99999ap-4f, 0x0p+0f, 0x1.99999ap-4f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x1.99999ap-4f,
    0x1.99999ap-4f, 0x1.99999ap-4f, 0x1.99999ap-4f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x1.99999ap-4f, 0x0p+0f, 0x0p+0f,
    0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x1.99999ap-4f, 0x1.99999ap-4f, 0x1.99999ap-4f, 0x0p+0f, 0x0p+0f,
    0x0p+0f,
};
static const int8_t heavily_tied_positive[] = {
    1, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0,
    1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1, 0, 1, 1,
    0, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1,
    1, 0, 0, 0, 1, 0,
};
static const float heavily_tied_other[] = {
    0x1.866666p+1f, 0x1.99999ap-5f, 0x0p+0f, 0x1p+1f, 0x1p+2f, 0x0p+0f, 0x1.033334p+2f, 0x1.033334p+2f,
    0x1.033334p+2f, 0x0p+0f, 0x1p+2f, 0x1p+1f, 0x0p+0f, 0x1.8p+1f, 0x1.866666p+1f, 0x1.0cccccp+0f, 0x0p+0f,
    0x1.99999ap-5f, 0x1.8p+1f, 0x1p+2f, 0x1.8p+1f, 0x0p+0f, 0x1p+1f, 0x1p+0f, 0x1.8p+1f, 0x1.066666p+1f, 0x1.8p+1f,
    0x1.0cccccp+0f, 0x1p+1f, 0x1p+2f, 0x1.033334p+2f, 0x1p+1f, 0x1p+0f, 0x1.0cccccp+0f, 0x1.033334p+2f,
    0x1.0cccccp+0f, 0x1p+1f, 0x1p+0f, 0x1p+0f, 0x1.066666p+1f, 0x1.99999ap-5f, 0x0p+0f, 0x1.866666p+1f, 0x1p+1f,
    0x1p+0f, 0x1.99999ap-5f, 0x1p+2f, 0x1.866666p+1f, 0x1.033334p+2f, 0x1p+2f, 0x1p+2f, 0x0p+0f, 0x1p+1f, 0x1p+0f,
    0x1.8p+1f, 0x1p+2f, 0x1p+1f, 0x0p+0f, 0x1.8p+1f, 0x0p+0f, 0x1.8p+1f, 0x1.8p+1f, 0x0p+0f, 0x1.99999ap-5f, 0x0p+0f,
    0x1p+2f, 0x1.066666p+1f, 0x1p+2f, 0x1p+1f, 0x1.99999ap-5f, 0x1.99999ap-5f, 0x1.8cccccp+1f, 0x1.866666p+1f,
    0x1p+1f, 0x1.033334p+2f, 0x1.866666p+1f, 0x1p+2f, 0x0p+0f, 0x1p+1f, 0x1.8p+1f, 0x1.99999ap-5f, 0x1p+0f,
    0x1.8p+1f, 0x0p+0f, 0x1p+0f, 0x1.066666p+1f, 0x1p+1f, 0x1.866666p+1f, 0x1p+2f, 0x1.033334p+2f, 0x0p+0f, 0x1p+1f,
    0x1.033334p+2f, 0x1.866666p+1f, 0x1p+1f, 0x1.033334p+2f, 0x1p+0f, 0x1.8p+1f, 0x0p+0f, 0x1.066666p+1f,
    0x1.0cccccp+0f, 0x1.0cccccp+0f, 0x1.033334p+2f, 0x1p+1f, 0x1.8p+1f, 0x1p+2f, 0x1.866666p+1f, 0x0p+0f, 0x1p+2f,
    0x1.8p+1f, 0x0p+0f, 0x1p+0f, 0x1p+2f, 0x1p+1f, 0x1.866666p+1f, 0x1.99999ap-5f, 0x1.866666p+1f, 0x0p+0f, 0x1p+1f,
    0x1p+0f,
};

static const float constant_score[] = {
    0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f,
    0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f,
    0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f, 0x1p-2f,
};
static const int8_t constant_positive[] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1,
};
static const float constant_other[] = {
    0x1p-3f, 0x1.2p+0f, 0x1.2p+0f, 0x1.9p+1f, 0x1.9p+1f, 0x1.08p+2f, 0x1.2p+0f, 0x1.2p+0f, 0x1.1p+1f, 0x1.2p+0f,
    0x1.9p+1f, 0x1.2p+0f, 0x1.2p+0f, 0x1.2p+0f, 0x1.1p+1f, 0x1.2p+0f, 0x1.9p+1f, 0x1.1p+1f, 0x1p-3f, 0x1.2p+0f,
    0x1p-3f, 0x1p-3f, 0x1.2p+0f, 0x1.08p+2f, 0x1.08p+2f, 0x1.08p+2f, 0x1.1p+1f, 0x1.08p+2f, 0x1.2p+0f, 0x1.9p+1f,
};

static const float one_positive_first_score[] = {
    0x1.dd97f6p-5f, 0x1.9df468p-8f, 0x1.54a79ep-7f, 0x1.6a2a08p-6f, 0x1.24e0ecp-6f, 0x1.be747ap-7f, 0x1.5faf2ap-7f,
    0x1.37bap-8f, 0x1.cf1cd2p-7f, 0x1.a5c808p-8f, 0x1.a282f4p-7f, 0x1.6bec2p-7f, 0x1.2bfe24p-6f, 0x1.783ad6p-12f,
    0x1.90b266p-9f, 0x1.3703a6p-6f, 0x1.8be1e4p-6f, 0x1.add462p-8f, 0x1.70e104p-6f, 0x1.81b7ep-6f, 0x1.11cf18p-6f,
    0x1.8531b4p-7f, 0x1.90c3cap-8f, 0x1.20704p-10f, 0x1.871438p-6f, 0x1.dfc01ep-8f, 0x1.9807b8p-10f, 0x1.89f472p-6f,
    0x1.6ff50ep-6f, 0x1.b5c2acp-7f, 0x1.c9dc36p-8f, 0x1.27901ap-6f, 0x1.222316p-6f, 0x1.807c72p-6f, 0x1.f57978p-8f,
    0x1.c22204p-7f, 0x1.674156p-8f, 0x1.5960f4p-7f, 0x1.d10e92p-7f, 0x1.5776ecp-6f, 0x1.dbce88p-11f,
};
static const int8_t one_positive_first_positive[] = {
    1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0,
};
static const float one_positive_first_other[] = {
    0x1.dd97f6p-6f, 0x1.9df468p-9f, 0x1.0154a8p+0f, 0x1.016a2ap+1f, 0x1.24e0ecp-7f, 0x1.01be74p+0f, 0x1.5faf2ap-8f,
    0x1.804deep+1f, 0x1.80e78ep+1f, 0x1.006972p+1f, 0x1.80d142p+1f, 0x1.00b5f6p+1f, 0x1.0096p+2f, 0x1.0005ep+1f,
    0x1.00642cp+0f, 0x1.3703a6p-7f, 0x1.0317c4p+0f, 0x1.0035bap+2f, 0x1.70e104p-7f, 0x1.8181b8p+1f, 0x1.0088e8p+2f,
    0x1.00c298p+1f, 0x1.00643p+1f, 0x1.001208p+1f, 0x1.00c38ap+2f, 0x1.8077fp+1f, 0x1.00198p+1f, 0x1.00c4fap+2f,
    0x1.816ff6p+1f, 0x1.01b5c2p+0f, 0x1.c9dc36p-9f, 0x1.27901ap-7f, 0x1.222316p-7f, 0x1.807c72p-7f, 0x1.007d5ep+1f,
    0x1.80e112p+1f, 0x1.8059dp+1f, 0x1.01596p+0f, 0x1.d10e92p-8f, 0x1.015776p+1f, 0x1.001dbcp+0f,
};

static const float one_positive_tied_score[] = {
    0x1p-1f, 0x1p-1f, 0x1p-1f, 0x1.99999ap-4f, 0x1.666666p-1f,
};
static const int8_t one_positive_tied_positive[] = {
    0, 1, 0, 0, 0,
};
static const float one_positive_tied_other[] = {
    0x1p-2f, 0x1.4p+0f, 0x1.2p+1f, 0x1.066666p+1f, 0x1.59999ap+0f,
};

static const float one_negative_score[] = {
    0x1.308b5p-1f, 0x1.e904bap-3f, 0x1.156dfp-2f, 0x1.59d91ap-1f, 0x1.5bb75ap-1f, 0x1.eb5f7ep-2f, 0x1.a9435p-2f,
    0x1.76b348p-5f, 0x1.4235f4p-6f, 0x1.643afap-1f, 0x1.725a8ap-1f, 0x1.2371fcp-1f, 0x1.d4ae92p-2f, 0x1.ddec5ap-1f,
    0x1.d00bap-1f,
};
static const int8_t one_negative_positive[] = {
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0,
};
static const float one_negative_other[] = {
    0x1.308b5p-2f, 0x1.07a412p+2f, 0x1.08ab7p+2f, 0x1.159d92p+2f, 0x1.5bb75ap-2f, 0x1.0f5afcp+2f, 0x1.35286ap+0f,
    0x1.02ed66p+1f, 0x1.4235f4p-7f, 0x1.2c876p+1f, 0x1.ae4b52p+1f, 0x1.a46e4p+1f, 0x1.3a95d2p+0f, 0x1.ddec5ap-2f,
    0x1.3a0174p+1f,
};

static const float two_score[] = {
    0x1.99999ap-4f, 0x1.99999ap-3f,
};
static const int8_t two_positive[] = {
    0, 1,
};
static const float two_other[] = {
    0x1.033334p+2f, 0x1.99999ap-4f,
};

static const float no_positives_score[] = {
    0x1.eecd6p-5f, 0x1.bdd908p-3f, 0x1.ced582p-2f, 0x1.2754bap-3f, 0x1.a4959p-1f, 0x1.ff5a04p-5f, 0x1.51244cp-3f,
    0x1.411778p-2f, 0x1.7b0a22p-4f, 0x1.fce674p-6f, 0x1.6dceccp-3f, 0x1.74d7cap-2f,
};
static const int8_t no_positives_positive[] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};
static const float no_positives_other[] = {
    0x1.07bb36p+0f, 0x1.8deec8p+1f, 0x1.0e76acp+2f, 0x1.093aa6p+1f, 0x1.a4959p-2f, 0x1.07fd68p+0f, 0x1.054492p+2f,
    0x1.141178p+1f, 0x1.05ec28p+1f, 0x1.fce674p-7f, 0x1.6dceccp-4f, 0x1.174d7cp+1f,
};

static const float only_positives_score[] = {
    0x1.61c108p-2f, 0x1.59e97ap-1f, 0x1.4bfc1cp-1f, 0x1.f01db6p-1f, 0x1.0cb436p-3f, 0x1.d5b908p-1f, 0x1.06056ep-2f,
    0x1.4f0218p-3f, 0x1.6ab02ep-1f, 0x1.9a60c4p-5f, 0x1.8c2394p-1f, 0x1.2a6c38p-1f,
};
static const int8_t only_positives_positive[] = {
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
};
static const float only_positives_other[] = {
    0x1.2c382p+0f, 0x1.567a5ep+0f, 0x1.52ff08p+0f, 0x1.1f01dcp+2f, 0x1.0cb436p-4f, 0x1.756e42p+0f, 0x1.106056p+1f,
    0x1.14f022p+0f, 0x1.ad5606p+1f, 0x1.0334c2p+1f, 0x1.8c2394p-2f, 0x1.4a9b0ep+0f,
};

static const float signs_and_scales_score[] = {
    -0x0p+0f, 0x0p+0f, -0x1.16c2p-133f, 0x1.16c2p-133f, 0x1.93e594p+99f, -0x1.93e594p+99f, 0x1.8p+1f, -0x1.8p+1f,
    0x1.ad7f2ap-24f, -0x1.ad7f2ap-24f,
};
static const int8_t signs_and_scales_positive[] = {
    0, 1, 0, 1, 0, 1, 0, 1, 0, 1,
};
static const float signs_and_scales_other[] = {
    0x0p+0f, 0x0p+0f, -0x1.16c2p-134f, 0x1.8p+1f, 0x1.93e594p+98f, -0x1.93e594p+98f, 0x1.cp+1f, -0x1.8p+0f, 0x1p+2f,
    -0x1.ad7f2ap-25f,
};

static const float neighbouring_floats_score[] = {
    0x1p+0f, 0x1.000002p+0f, 0x1.000004p+0f, 0x1.000006p+0f, 0x1.000008p+0f, 0x1.00000ap+0f, 0x1.00000cp+0f,
    0x1.00000ep+0f, 0x1.00001p+0f, 0x1.000012p+0f, 0x1.000014p+0f, 0x1.000016p+0f, 0x1.000018p+0f, 0x1.00001ap+0f,
    0x1.00001cp+0f, 0x1.00001ep+0f, 0x1.00002p+0f, 0x1.000022p+0f, 0x1.000024p+0f, 0x1.000026p+0f,
};
static const int8_t neighbouring_floats_positive[] = {
    0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1,
};
static const float neighbouring_floats_other[] = {
    0x1.cp+1f, 0x1.000002p-1f, 0x1.4p+1f, 0x1.400002p+1f, 0x1.000008p-1f, 0x1.800004p+0f, 0x1.200002p+2f,
    0x1.200002p+2f, 0x1.800008p+0f, 0x1.200002p+2f, 0x1.80000ap+0f, 0x1.400006p+1f, 0x1.000018p-1f, 0x1.80000cp+0f,
    0x1.400008p+1f, 0x1.c00008p+1f, 0x1.00002p-1f, 0x1.000022p-1f, 0x1.800012p+0f, 0x1.800014p+0f,
};

static const struct reference {
    const char *name;
    int64_t n;
    const float *score;      // (n)
    const int8_t *positive;  // (n)
    const float *other;      // (n), to compare the scores with
    double roc[4];           // auc, variance, low, high
    double average_precision;
    double precision_at[REFERENCE_COUNTS];
    double best_f1;
    double quantile[REFERENCE_QUANTILES];
    double mean_plus_3_std;
    double threshold;          // the median score; the next three are at it
    int64_t confusion[4];      // true positives, false positives, true negatives, false negatives
    double classification[12]; // precision, recall, F1 of normal, anomaly, macro, weighted
    double accuracy;
    double spearman;
    double max_abs_difference;
} references[] = {
    {
        .name = "separated",
        .n = 29,
        .score = separated_score,
        .positive = separated_positive,
        .other = separated_other,
        .roc = {0x1p+0, 0x0p+0, 0x1p+0, 0x1p+0},
        .average_precision = 0x1.0000000000001p+0,
        .precision_at = {0x1p+0, 0x1p+0, 0x1.ccccccccccccdp-1, 0x1.3dcb08d3dcb09p-2},
        .best_f1 = 0x1p+0,
        .quantile = {
            0x0p+0, 0x1.e2e598ccccccep-6, 0x1.2dcf7ep-2, 0x1.a8f5c33333332p-1, 0x1.cc154bd70a3d8p-1, 0x1.ccccccp-1,
        },
        .mean_plus_3_std = 0x1.246eab01f655bp+0,
        .threshold = 0x1.2dcf7ep-2,
        .confusion = {9, 5, 15, 0},
        .classification = {
            0x1p+0, 0x1.8p-1, 0x1.b6db6db6db6dbp-1, 0x1.4924924924925p-1, 0x1p+0, 0x1.90b21642c8591p-1,
            0x1.a492492492492p-1, 0x1.cp-1, 0x1.a3c6c1fcd1e36p-1, 0x1.c74050b598975p-1, 0x1.a7b9611a7b961p-1,
            0x1.ab03905dde55ap-1,
        },
        .accuracy = 0x1.a7b9611a7b961p-1,
        .spearman = 0x1.cc0b18f82e685p-6,
        .max_abs_difference = 0x1p+2,
    },
    {
        .name = "one_swap",
        .n = 40,
        .score = one_swap_score,
        .positive = one_swap_positive,
        .other = one_swap_other,
        .roc = {0x1.fe4b17e4b17e5p-1, 0x1.74d3b7ba75825p-16, 0x1.f9901274ae233p-1, 0x1p+0},
        .average_precision = 0x1.fb586fb586fb5p-1,
        .precision_at = {0x1p+0, 0x1p+0, 0x1.ccccccccccccdp-1, 0x1p-2},
        .best_f1 = 0x1.e79e79e79e79ep-1,
        .quantile = {
            0x0p+0, 0x1.f333333333334p-6, 0x1.38p-2, 0x1.2866666666666p-1, 0x1.37b020c49ba5ep-1, 0x1.38p-1,
        },
        .mean_plus_3_std = 0x1.b10aa09ad42b4p-1,
        .threshold = 0x1.38p-2,
        .confusion = {10, 10, 20, 0},
        .classification = {
            0x1p+0, 0x1.5555555555555p-1, 0x1.999999999999ap-1, 0x1p-1, 0x1p+0, 0x1.5555555555555p-1, 0x1.8p-1,
            0x1.aaaaaaaaaaaaap-1, 0x1.7777777777778p-1, 0x1.cp-1, 0x1.8p-1, 0x1.8888888888888p-1,
        },
        .accuracy = 0x1.8p-1,
        .spearman = 0x1.4e18c892c79cfp-2,
        .max_abs_difference = 0x1.f7p+1,
    },
    {
        .name = "reversed",
        .n = 24,
        .score = reversed_score,
        .positive = reversed_positive,
        .other = reversed_other,
        .roc = {0x0p+0, 0x0p+0, 0x0p+0, 0x0p+0},
        .average_precision = 0x1.4f1b478bfdb9p-2,
        .precision_at = {0x0p+0, 0x0p+0, 0x0p+0, 0x1p-1},
        .best_f1 = 0x1.5555555555555p-1,
        .quantile = {
            0x0p+0, 0x1.99999a199999ap-5, 0x1p-1, 0x1.e66666cccccccp-1, 0x1.ff7ced9374bc7p-1, 0x1p+0,
        },
        .mean_plus_3_std = 0x1.67240dec73433p+0,
        .threshold = 0x1p-1,
        .confusion = {0, 12, 0, 12},
        .classification = {
            0x0p+0, 0x0p+0, 0x0p+0, 0x0p+0, 0x0p+0, 0x0p+0, 0x0p+0, 0x0p+0, 0x0p+0, 0x0p+0, 0x0p+0, 0x0p+0,
        },
        .accuracy = 0x0p+0,
        .spearman = 0x1.a0b935df0dcd2p-4,
        .max_abs_difference = 0x1p+2,
    },
    {
        .name = "continuous",
        .n = 200,
        .score = continuous_score,
        .positive = continuous_positive,
        .other = continuous_other,
        .roc = {0x1.5cd5cd5cd5cd6p-1, 0x1.ea99a44538bf4p-10, 0x1.316c4681ceb61p-1, 0x1.883f5437dce4bp-1},
        .average_precision = 0x1.46c1c0872ebcp-2,
        .precision_at = {0x0p+0, 0x1.999999999999ap-2, 0x1.999999999999ap-2, 0x1.8f5c28f5c28f6p-3},
        .best_f1 = 0x1.c8a60dd67c8a6p-2,
        .quantile = {
            0x1.6324bep-9, 0x1.e71f9b199999ap-8, 0x1.320a71p-5, 0x1.82a957fffffffp-4, 0x1.37f3437126e8fp-3,
            0x1.403268p-3,
        },
        .mean_plus_3_std = 0x1.0356b492c70b5p-3,
        .threshold = 0x1.320a71p-5,
        .confusion = {27, 73, 88, 12},
        .classification = {
            0x1.c28f5c28f5c29p-1, 0x1.17d9d6a88becfp-1, 0x1.5941b76ae970dp-1, 0x1.147ae147ae148p-2,
            0x1.6276276276276p-1, 0x1.8dd01d77b654cp-2, 0x1.2666666666666p-1, 0x1.3d27ff05810a2p-1,
            0x1.1014e313624dap-1, 0x1.85a858793dd98p-1, 0x1.2666666666666p-1, 0x1.3cb7e9b96a7f4p-1,
        },
        .accuracy = 0x1.2666666666666p-1,
        .spearman = 0x1.3492f85a66083p-2,
        .max_abs_difference = 0x1.ffc2862fp+1,
    },
    {
        .name = "tied",
        .n = 200,
        .score = tied_score,
        .positive = tied_positive,
        .other = tied_other,
        .roc = {0x1.6aa28a28a28a3p-1, 0x1.8912df4f341e8p-10, 0x1.43c6c8fed64a3p-1, 0x1.917e4b526eca3p-1},
        .average_precision = 0x1.b5d5e4649f081p-2,
        .precision_at = {0x0p+0, 0x1p-1, 0x1p-1, 0x1.1eb851eb851ecp-2},
        .best_f1 = 0x1.1861861861861p-1,
        .quantile = {
            0x0p+0, 0x1.47ae14p-7, 0x1.47ae14p-5, 0x1.c49ba5b333327p-4, 0x1.2f1fde93f7ce9p-3, 0x1.333334p-3,
        },
        .mean_plus_3_std = 0x1.1a945847d7aecp-3,
        .threshold = 0x1.47ae14p-5,
        .confusion = {37, 49, 95, 19},
        .classification = {
            0x1.aaaaaaaaaaaabp-1, 0x1.51c71c71c71c7p-1, 0x1.790de43790de4p-1, 0x1.b88ee23b88ee2p-2,
            0x1.5249249249249p-1, 0x1.0ad12073615a2p-1, 0x1.43790de43790ep-1, 0x1.5208208208208p-1,
            0x1.41ef8255791c3p-1, 0x1.70e0cdc0a7a68p-1, 0x1.51eb851eb851fp-1, 0x1.5a3013cd6f157p-1,
        },
        .accuracy = 0x1.51eb851eb851fp-1,
        .spearman = 0x1.67909d5853f28p-3,
        .max_abs_difference = 0x1.ff5c29ecp+1,
    },
    {
        .name = "heavily_tied",
        .n = 120,
        .score = heavily_tied_score,
        .positive = heavily_tied_positive,
        .other = heavily_tied_other,
        .roc = {0x1.2c1aeaa46cd63p-1, 0x1.e79193a19c0efp-10, 0x1.00d3c77a2c098p-1, 0x1.57620dceada2ep-1},
        .average_precision = 0x1.45f7b8c8f1c4ap-1,
        .precision_at = {0x1p+0, 0x1.8138138138138p-1, 0x1.715f15f15f15fp-1, 0x1.2aaaaaaaaaaabp-1},
        .best_f1 = 0x1.79435e50d7943p-1,
        .quantile = {
            0x0p+0, 0x0p+0, 0x0p+0, 0x1.99999ap-4, 0x1.813a930353f7ep-3, 0x1.99999ap-3,
        },
        .mean_plus_3_std = 0x1.7d9c2333c9238p-3,
        .threshold = 0x0p+0,
        .confusion = {30, 13, 37, 40},
        .classification = {
            0x1.ec0d4c77b0353p-2, 0x1.7ae147ae147aep-1, 0x1.2a54a952a54a9p-1, 0x1.653594d653595p-1,
            0x1.b6db6db6db6dbp-2, 0x1.0fdbc090fdbc1p-1, 0x1.2d9e1d8915b9fp-1, 0x1.2b277f44c118ep-1,
            0x1.1d1834f1d1835p-1, 0x1.36e206c09fff3p-1, 0x1.1dddddddddddep-1, 0x1.1ae376e1ae377p-1,
        },
        .accuracy = 0x1.1dddddddddddep-1,
        .spearman = 0x1.13ad90caccab1p-2,
        .max_abs_difference = 0x1p+2,
    },
    {
        .name = "constant",
        .n = 30,
        .score = constant_score,
        .positive = constant_positive,
        .other = constant_other,
        .roc = {0x1p-1, 0x0p+0, 0x1p-1, 0x1p-1},
        .average_precision = 0x1.3333333333333p-2,
        .precision_at = {0x1.3333333333333p-2, 0x1.3333333333333p-2, 0x1.3333333333333p-2, 0x1.3333333333333p-2},
        .best_f1 = 0x1.d89d89d89d89dp-2,
        .quantile = {
            0x1p-2, 0x1p-2, 0x1p-2, 0x1p-2, 0x1p-2, 0x1p-2,
        },
        .mean_plus_3_std = 0x1p-2,
        .threshold = 0x1p-2,
        .confusion = {0, 0, 21, 9},
        .classification = {
            0x1.6666666666666p-1, 0x1p+0, 0x1.a5a5a5a5a5a5ap-1, 0x0p+0, 0x0p+0, 0x0p+0, 0x1.6666666666666p-2, 0x1p-1,
            0x1.a5a5a5a5a5a5ap-2, 0x1.f5c28f5c28f5cp-2, 0x1.6666666666666p-1, 0x1.2727272727272p-1,
        },
        .accuracy = 0x1.6666666666666p-1,
        .spearman = NAN,
        .max_abs_difference = 0x1.fp+1,
    },
    {
        .name = "one_positive_first",
        .n = 41,
        .score = one_positive_first_score,
        .positive = one_positive_first_positive,
        .other = one_positive_first_other,
        .roc = {0x1p+0, NAN, NAN, NAN},
        .average_precision = 0x1p+0,
        .precision_at = {0x1p+0, 0x1.999999999999ap-3, 0x1.999999999999ap-4, 0x1.8f9c18f9c18fap-6},
        .best_f1 = 0x1p+0,
        .quantile = {
            0x1.783ad6p-12, 0x1.20704p-10, 0x1.b5c2acp-7, 0x1.89f472p-6, 0x1.d268520000004p-5, 0x1.dd97f6p-5,
        },
        .mean_plus_3_std = 0x1.6aae1412d0bap-5,
        .threshold = 0x1.b5c2acp-7,
        .confusion = {1, 19, 21, 0},
        .classification = {
            0x1p+0, 0x1.0cccccccccccdp-1, 0x1.60864b8a7de6ep-1, 0x1.999999999999ap-5, 0x1p+0, 0x1.8618618618618p-4,
            0x1.0cccccccccccdp-1, 0x1.8666666666666p-1, 0x1.914957bb40f31p-2, 0x1.f422f7422f742p-1,
            0x1.12bb512bb512cp-1, 0x1.591da16915713p-1,
        },
        .accuracy = 0x1.12bb512bb512cp-1,
        .spearman = 0x1.1c5d7aea69f7ep-3,
        .max_abs_difference = 0x1.ff9489cfp+1,
    },
    {
        .name = "one_positive_tied",
        .n = 5,
        .score = one_positive_tied_score,
        .positive = one_positive_tied_positive,
        .other = one_positive_tied_other,
        .roc = {0x1p-1, NAN, NAN, NAN},
        .average_precision = 0x1p-2,
        .precision_at = {0x0p+0, 0x1.999999999999ap-3, 0x1.999999999999ap-3, 0x1.999999999999ap-3},
        .best_f1 = 0x1.999999999999ap-2,
        .quantile = {
            0x1.99999ap-4, 0x1.70a3d73333334p-3, 0x1p-1, 0x1.51eb84cccccccp-1, 0x1.65fd8a74bc6a8p-1, 0x1.666666p-1,
        },
        .mean_plus_3_std = 0x1.0c41b3976f69p+0,
        .threshold = 0x1p-1,
        .confusion = {0, 1, 3, 1},
        .classification = {
            0x1.8p-1, 0x1.8p-1, 0x1.8p-1, 0x0p+0, 0x0p+0, 0x0p+0, 0x1.8p-2, 0x1.8p-2, 0x1.8p-2, 0x1.3333333333333p-1,
            0x1.3333333333333p-1, 0x1.3333333333333p-1,
        },
        .accuracy = 0x1.3333333333333p-1,
        .spearman = -0x1.c9f25c5bfedd9p-3,
        .max_abs_difference = 0x1.f333326p+0,
    },
    {
        .name = "one_negative",
        .n = 15,
        .score = one_negative_score,
        .positive = one_negative_positive,
        .other = one_negative_other,
        .roc = {0x1.2492492492492p-4, NAN, NAN, NAN},
        .average_precision = 0x1.bd81387deb9c4p-1,
        .precision_at = {0x1p+0, 0x1.999999999999ap-1, 0x1.ccccccccccccdp-1, 0x1.ddddddddddddep-1},
        .best_f1 = 0x1.ee58469ee5847p-1,
        .quantile = {
            0x1.4235f4p-6, 0x1.369f30999999ap-5, 0x1.2371fcp-1, 0x1.d435716666666p-1, 0x1.ddba9d072b021p-1,
            0x1.ddec5ap-1,
        },
        .mean_plus_3_std = 0x1.51caf4c9f776cp+0,
        .threshold = 0x1.2371fcp-1,
        .confusion = {6, 1, 0, 8},
        .classification = {
            0x0p+0, 0x0p+0, 0x0p+0, 0x1.b6db6db6db6dbp-1, 0x1.b6db6db6db6dbp-2, 0x1.2492492492492p-1,
            0x1.b6db6db6db6dbp-2, 0x1.b6db6db6db6dbp-3, 0x1.2492492492492p-2, 0x1.999999999999ap-1,
            0x1.999999999999ap-2, 0x1.1111111111111p-1,
        },
        .accuracy = 0x1.999999999999ap-2,
        .spearman = 0x1.d41d41d41d41bp-6,
        .max_abs_difference = 0x1.f0b7d86p+1,
    },
    {
        .name = "two",
        .n = 2,
        .score = two_score,
        .positive = two_positive,
        .other = two_other,
        .roc = {0x1p+0, NAN, NAN, NAN},
        .average_precision = 0x1p+0,
        .precision_at = {0x1p+0, 0x1p-1, 0x1p-1, 0x1p-1},
        .best_f1 = 0x1p+0,
        .quantile = {
            0x1.99999ap-4, 0x1.ae147b4cccccdp-4, 0x1.3333338p-3, 0x1.8f5c295999999p-3, 0x1.99652c3a1cac1p-3,
            0x1.99999ap-3,
        },
        .mean_plus_3_std = 0x1.3333338p-2,
        .threshold = 0x1.3333338p-3,
        .confusion = {1, 0, 1, 0},
        .classification = {
            0x1p+0, 0x1p+0, 0x1p+0, 0x1p+0, 0x1p+0, 0x1p+0, 0x1p+0, 0x1p+0, 0x1p+0, 0x1p+0, 0x1p+0, 0x1p+0,
        },
        .accuracy = 0x1p+0,
        .spearman = -0x1.fffffffffffffp-1,
        .max_abs_difference = 0x1.f9999b3p+1,
    },
    {
        .name = "no_positives",
        .n = 12,
        .score = no_positives_score,
        .positive = no_positives_positive,
        .other = no_positives_other,
        .roc = {NAN, NAN, NAN, NAN},
        .average_precision = NAN,
        .precision_at = {0x0p+0, 0x0p+0, 0x0p+0, 0x0p+0},
        .best_f1 = NAN,
        .quantile = {
            0x1.fce674p-6, 0x1.82a4cee666666p-5, 0x1.5f798cp-3, 0x1.3c8ad15999997p-1, 0x1.a280de1b645a4p-1,
            0x1.a4959p-1,
        },
        .mean_plus_3_std = 0x1.c550eed227839p-1,
        .threshold = 0x1.5f798cp-3,
        .confusion = {0, 6, 6, 0},
        .classification = {
            0x1p+0, 0x1p-1, 0x1.5555555555555p-1, 0x0p+0, 0x0p+0, 0x0p+0, 0x1p-1, 0x1p-2, 0x1.5555555555555p-2,
            0x1p+0, 0x1p-1, 0x1.5555555555555p-1,
        },
        .accuracy = 0x1p-1,
        .spearman = 0x1.d89d89d89d89ep-2,
        .max_abs_difference = 0x1.f576df4p+1,
    },
    {
        .name = "only_positives",
        .n = 12,
        .score = only_positives_score,
        .positive = only_positives_positive,
        .other = only_positives_other,
        .roc = {NAN, NAN, NAN, NAN},
        .average_precision = 0x1p+0,
        .precision_at = {0x1p+0, 0x1p+0, 0x1p+0, 0x1p+0},
        .best_f1 = 0x1p+0,
        .quantile = {
            0x1.9a60c4p-5, 0x1.83e8cde666666p-4, 0x1.3b342ap-1, 0x1.e199898p-1, 0x1.efd36330a3d71p-1, 0x1.f01db6p-1,
        },
        .mean_plus_3_std = 0x1.6d97c5722c12cp+0,
        .threshold = 0x1.3b342ap-1,
        .confusion = {6, 0, 0, 6},
        .classification = {
            0x0p+0, 0x0p+0, 0x0p+0, 0x1p+0, 0x1p-1, 0x1.5555555555555p-1, 0x1p-1, 0x1p-2, 0x1.5555555555555p-2,
            0x1p+0, 0x1p-1, 0x1.5555555555555p-1,
        },
        .accuracy = 0x1p-1,
        .spearman = 0x1.745d1745d1747p-2,
        .max_abs_difference = 0x1.c1fc4a8p+1,
    },
    {
        .name = "signs_and_scales",
        .n = 10,
        .score = signs_and_scales_score,
        .positive = signs_and_scales_positive,
        .other = signs_and_scales_other,
        .roc = {0x1.1eb851eb851ecp-3, 0x1.f212d77318fc5p-7, 0x0p+0, 0x1.86ccca5c01d6cp-2},
        .average_precision = 0x1.85b05b05b05bp-2,
        .precision_at = {0x0p+0, 0x1.3333333333333p-2, 0x1p-1, 0x1p-1},
        .best_f1 = 0x1.5555555555555p-1,
        .quantile = {
            -0x1.93e594p+99, -0x1.bc4956p+98, 0x0p+0, 0x1.bc4955ffffff1p+98, 0x1.9042fffae1478p+99, 0x1.93e594p+99,
        },
        .mean_plus_3_std = 0x1.0ef1343a9536ap+100,
        .threshold = 0x0p+0,
        .confusion = {1, 3, 2, 4},
        .classification = {
            0x1.5555555555555p-2, 0x1.999999999999ap-2, 0x1.745d1745d1745p-2, 0x1p-2, 0x1.999999999999ap-3,
            0x1.c71c71c71c71dp-3, 0x1.2aaaaaaaaaaaap-2, 0x1.3333333333334p-2, 0x1.2bf5a814afd6ap-2,
            0x1.2aaaaaaaaaaaap-2, 0x1.3333333333333p-2, 0x1.2bf5a814afd6ap-2,
        },
        .accuracy = 0x1.3333333333333p-2,
        .spearman = 0x1.f9c18f9c18f9dp-1,
        .max_abs_difference = 0x1.93e594p+98,
    },
    {
        .name = "neighbouring_floats",
        .n = 20,
        .score = neighbouring_floats_score,
        .positive = neighbouring_floats_positive,
        .other = neighbouring_floats_other,
        .roc = {0x1.2aaaaaaaaaaaap-1, 0x1.3474bba8d1d2fp-6, 0x1.41f3aead8686dp-2, 0x1.b45b7dfe9211ep-1},
        .average_precision = 0x1.1dbd90361aa78p-1,
        .precision_at = {0x1p+0, 0x1.999999999999ap-2, 0x1.999999999999ap-2, 0x1.999999999999ap-2},
        .best_f1 = 0x1.3b13b13b13b13p-1,
        .quantile = {
            0x1p+0, 0x1.000001e666666p+0, 0x1.000013p+0, 0x1.000024199999ap+0, 0x1.000025f645a1dp+0, 0x1.000026p+0,
        },
        .mean_plus_3_std = 0x1.0000359902111p+0,
        .threshold = 0x1.000013p+0,
        .confusion = {4, 6, 6, 4},
        .classification = {
            0x1.3333333333333p-1, 0x1p-1, 0x1.1745d1745d174p-1, 0x1.999999999999ap-2, 0x1p-1, 0x1.c71c71c71c71dp-2,
            0x1p-1, 0x1p-1, 0x1.fad40a57eb502p-2, 0x1.0a3d70a3d70a3p-1, 0x1p-1, 0x1.0295fad40a57ep-1,
        },
        .accuracy = 0x1p-1,
        .spearman = -0x1.65c895f6e7e6ep-5,
        .max_abs_difference = 0x1.bffffep+1,
    },
};
// clang-format on
