<?php
namespace NxtChat\Tests;
